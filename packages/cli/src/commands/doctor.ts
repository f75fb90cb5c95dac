import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { type Command, UsageError } from '../command.ts'
import { ADDRESS_NAMES, ADDRESS_SOURCES, readAddresses } from '../doctor/addresses.ts'
import { type Stage, STAGES } from '../doctor/check.ts'
import { type Context, createContext } from '../doctor/context.ts'
import { type Choice, type Diagnosis, diagnose, GROUP_NAMES } from '../doctor/diagnose.ts'
import { diagnosesJson, findingText, verdictText } from '../doctor/show.ts'

const DEFAULT_TIMEOUT_SECONDS = 5
/** What was written may be on its way for so many times the time-out of a request. */
const PATIENCE_TIMEOUTS = 6
const TRACE_ID_BYTES = 16

const addressLines = ADDRESS_NAMES.map((name) => {
  const { what, variables, fallback } = ADDRESS_SOURCES[name]
  return `  ${`--${name} <url>`.padEnd(21)}${what}\n${' '.repeat(23)}${variables.join(', ')}, or ${fallback}`
}).join('\n')

const help = `Usage: tokenmeter doctor [--stage ${STAGES.join('|')}] [--write] [--without <groups>] [--json] [options]

Looks for what is wrong between an application and the people who look at its numbers, and says what to do about it. Run it in the folder of
the application, with its variables. It sends nothing anywhere unless it is asked to.

  --stage <stage>      only the checks that matter before a deployment (pre), right after it (post), or from then on (production)
  --write              also sends a span, a metric and an alert of its own, and looks where they arrive; and measures what a call takes
                       longer with the start-up files of the application
  --without <groups>   leaves groups out, several with commas: ${GROUP_NAMES.join(', ')}
  --start <command>    what starts the application, if not the script start of package.json: --start "node src/app.js"
  --collector-config <files>
                       the configuration files of the Collector, several with commas, each on top of the one before
  --timeout <seconds>  for each request, ${DEFAULT_TIMEOUT_SECONDS} by default; what is written may take six times as long
  --json               everything as one JSON object

Addresses, each by its flag, else by the first of its variables that is set; *_PORT is a port of this machine:

${addressLines}

Exit code: 0, or 1 if there is a problem, or 2 if the command line is wrong.

  tokenmeter doctor --stage pre
  tokenmeter doctor --without grafana --prometheus http://prometheus.internal:9090
`

/** `tokenmeter doctor`: finds what is wrong with a deployment. */
export const doctor: Command = {
  help,
  async run(args, { stdout }) {
    const { context, choice, json } = read(args)
    const diagnoses: Diagnosis[] = []
    for await (const diagnosis of diagnose(context, choice)) {
      if (!json) {
        const isFirst = diagnoses.at(-1)?.group !== diagnosis.group
        stdout.write(`${isFirst ? `${diagnosis.group}\n` : ''}${findingText(diagnosis)}`)
      }
      diagnoses.push(diagnosis)
    }
    stdout.write(json ? diagnosesJson(diagnoses) : verdictText(diagnoses))
    return diagnoses.some(({ result }) => result === 'problem') ? 1 : 0
  },
}

interface Request {
  readonly context: Context
  readonly choice: Choice
  readonly json: boolean
}

function read(args: readonly string[]): Request {
  const values = parse(args)
  const { stage, start, timeout, without } = values
  const files = values['collector-config']
  const timeoutMs = timeout === undefined ? DEFAULT_TIMEOUT_SECONDS * 1000 : milliseconds(String(timeout))
  const context = createContext({
    addresses: readAddresses(values, process.env),
    env: process.env,
    folder: process.cwd(),
    nodeVersion: process.versions.node,
    start: start === undefined ? undefined : String(start),
    collectorConfig:
      files === undefined
        ? []
        : String(files)
            .split(',')
            .map((file) => file.trim()),
    now: new Date(),
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    stage: stage === undefined ? undefined : stageOf(String(stage)),
    runId: randomBytes(TRACE_ID_BYTES).toString('hex'),
    timeoutMs,
    patienceMs: PATIENCE_TIMEOUTS * timeoutMs,
  })
  const groups = without === undefined ? [] : String(without).split(',').map(groupOf)
  return {
    context,
    choice: { without: new Set(groups), write: values['write'] === true },
    json: values['json'] === true,
  }
}

function parse(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const addresses = Object.fromEntries(ADDRESS_NAMES.map((name) => [name, text]))
  try {
    return parseArgs({
      args: [...args],
      options: {
        ...addresses,
        stage: text,
        start: text,
        'collector-config': text,
        timeout: text,
        without: text,
        write: flag,
        json: flag,
      },
    }).values as Readonly<Record<string, string | boolean | undefined>>
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}

function stageOf(name: string): Stage {
  const stage = STAGES.find((known) => known === name)
  if (stage) return stage
  throw new UsageError(`--stage must be one of ${STAGES.join(', ')}, got ${JSON.stringify(name)}`)
}

function groupOf(name: string): string {
  const group = GROUP_NAMES.find((known) => known === name.trim())
  if (group) return group
  throw new UsageError(`--without must be one or more of ${GROUP_NAMES.join(', ')}, got ${JSON.stringify(name)}`)
}

function milliseconds(seconds: string): number {
  const number = Number(seconds)
  if (number > 0 && Number.isFinite(number)) return number * 1000
  throw new UsageError(`--timeout must be a number of seconds above 0, got ${JSON.stringify(seconds)}`)
}
