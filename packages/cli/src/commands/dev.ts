import { resolve } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { cacheFile, DEFAULT_PORT, type Viewer } from '@tokenmeter/viewer'
import { portOf, readArguments } from '../arguments.ts'
import { type Command, type Terminal, UsageError } from '../command.ts'
import { hasBrowser, openBrowser } from '../dev/browser.ts'
import { childEnv, runChild, untilEnded } from '../dev/child.ts'
import { closingLine } from '../dev/closing-line.ts'
import { startOnFreePort } from '../dev/viewer-port.ts'

const help = `Usage: tokenmeter dev [options] [-- command …]

Shows the AI calls of a program while it runs: starts a page and a receiver of OTLP on this machine, and the command with Tokenmeter
registered and its telemetry sent there. Without a command, it waits for whoever sends. The exit code is that of the command.

  --port <n>      port of the page and of the receiver, ${DEFAULT_PORT} by default; the next free one if it is taken
  --file <path>   file for the calls; by default one in the cache of the project
  --ephemeral     keep the calls in memory only
  --no-open       do not open the page in a browser
  --no-register   the command registers Tokenmeter itself
  --keep          leave the page up when the command has ended, until Ctrl-C

  tokenmeter dev -- node app.js
  tokenmeter dev --ephemeral -- npm start
`

/** `tokenmeter dev`: a viewer, and a program whose calls it shows. */
export const dev: Command = {
  help,
  async run(args, terminal) {
    const { command, port, file, opens, registers, keeps } = read(args)
    const started = Date.now()
    // This process is the viewer's alone. What it reads lives shortly: as V8 would let the room for such things grow, it would take a hundred megabytes more.
    setFlagsFromString('--semi-space-growth-factor=1')
    const viewer = await startOnFreePort(port, file === undefined ? {} : { file })
    const say = (line: string): void => void terminal.stderr.write(`tokenmeter: ${line}\n`)
    try {
      announce(viewer.url, port, say)
      if (opens && hasBrowser(isTTY(terminal), process.platform, process.env)) openBrowser(viewer.url)
      const code = command.length > 0 ? await runCommand(command, viewer, registers, say) : await untilEnded()
      await summarize(viewer, started, say)
      if (keeps && command.length > 0) {
        say('the page is up until Ctrl-C')
        await untilEnded()
      }
      return code
    } finally {
      await viewer.close()
    }
  },
}

type Say = (line: string) => void

function announce(url: string, wanted: number, say: Say): void {
  const isOther = wanted !== 0 && new URL(url).port !== String(wanted)
  say(`calls are shown at ${url}${isOther ? ` (port ${wanted} is taken)` : ''}`)
}

/** What a shell answers to a program that is not there. */
const NOT_FOUND = 127

async function runCommand(command: readonly string[], { url }: Viewer, registers: boolean, say: Say): Promise<number> {
  const register = registers ? import.meta.resolve('@tokenmeter/node/register') : undefined
  try {
    return await runChild(command, childEnv(process.env, url, register))
  } catch (error) {
    say(`${command[0]} cannot be started: ${(error as Error).message}`)
    return NOT_FOUND
  }
}

async function summarize({ store, url }: Viewer, started: number, say: Say): Promise<void> {
  const sums = await store.query('exactTotals', { range: { from: started, to: Date.now() + 1 } })
  say(`${closingLine(sums)} · ${url}`)
}

const isTTY = ({ stdout }: Terminal): boolean => 'isTTY' in stdout && stdout.isTTY === true

interface Request {
  readonly command: readonly string[]
  readonly port: number
  /** Absent: in memory. */
  readonly file: string | undefined
  readonly opens: boolean
  readonly registers: boolean
  readonly keeps: boolean
}

function read(args: readonly string[]): Request {
  const end = args.includes('--') ? args.indexOf('--') : args.length
  const { values, positionals } = readArguments({
    args: args.slice(0, end),
    allowPositionals: true,
    allowNegative: true,
    options: {
      port: { type: 'string' },
      file: { type: 'string' },
      ephemeral: { type: 'boolean', default: false },
      open: { type: 'boolean', default: true },
      register: { type: 'boolean', default: true },
      keep: { type: 'boolean', default: false },
    },
  })
  if (positionals.length > 0)
    throw new UsageError(`the command stands after --: tokenmeter dev -- ${positionals.join(' ')}`)
  if (values.ephemeral && values.file !== undefined) throw new UsageError('--file and --ephemeral exclude each other')
  const kept = values.file === undefined ? cacheFile(process.cwd(), process.env) : resolve(values.file)
  return {
    command: args.slice(end + 1),
    port: portOf(values.port ?? String(DEFAULT_PORT)),
    file: values.ephemeral ? undefined : kept,
    opens: values.open,
    registers: values.register,
    keeps: values.keep,
  }
}
