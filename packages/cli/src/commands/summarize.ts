import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { readArguments } from '../arguments.ts'
import { type Command, type Terminal, UsageError } from '../command.ts'
import { readCallLine } from '../summary/call-line.ts'
import { linesOf } from '../summary/lines.ts'
import { type Grouping, GROUPINGS, Summary } from '../summary/summary.ts'
import { summaryJson, summaryText } from '../summary/show.ts'

const help = `Usage: tokenmeter summarize [--by <fields>] [--json] [file…]

Adds up the calls in logs that Tokenmeter has written: how many, their tokens, their exact cost. Files may be packed by gzip;
without a file, or for -, standard input is read. Lines of others are left out, and counted.

  --by <fields>  tell calls apart by ${GROUPINGS.join(', ')};
                 several with commas; model by default
  --json         everything, by all of these, as one JSON object; amounts are decimals in texts

Exit code: 0, or 1 if something could not be read, or 2 if the command line is wrong.

  tokenmeter summarize calls.log calls.log.1 calls.log.2.gz
  kubectl logs deploy/desk | tokenmeter summarize --by feature,model
`

/** `tokenmeter summarize`: adds the lines of a log up again. */
export const summarize: Command = {
  help,
  async run(args, terminal) {
    const { paths, groupings, json } = read(args, terminal)
    const summary = new Summary()
    let exitCode = 0
    for (const path of paths) {
      try {
        await addLines(summary, path === '-' ? terminal.stdin : createReadStream(path))
      } catch (error) {
        exitCode = 1
        terminal.stderr.write(`tokenmeter: ${path} cannot be read to its end: ${(error as Error).message}\n`)
      }
    }
    terminal.stdout.write(json ? summaryJson(summary) : summaryText(summary, groupings))
    const { newer } = summary.others
    if (newer === 0) return exitCode
    const [lines, are] = newer === 1 ? ['1 line', 'is'] : [`${newer} lines`, 'are']
    terminal.stderr.write(
      `tokenmeter: ${lines} ${are} of a later version than this command knows, and ${are} not counted: install a later one\n`,
    )
    return 1
  },
}

async function addLines(summary: Summary, stream: Readable): Promise<void> {
  for await (const line of linesOf(stream)) if (line.trim() !== '') summary.add(readCallLine(line))
}

interface Request {
  readonly paths: readonly string[]
  readonly groupings: readonly Grouping[]
  readonly json: boolean
}

function read(args: readonly string[], { stdin }: Terminal): Request {
  const { values, positionals } = readArguments({
    args: [...args],
    allowPositionals: true,
    options: { by: { type: 'string' }, json: { type: 'boolean' } },
  })
  if (positionals.length === 0 && stdin.isTTY) {
    throw new UsageError('summarize needs a file, or lines on standard input')
  }
  return {
    paths: positionals.length > 0 ? positionals : ['-'],
    groupings: (values.by ?? 'model').split(',').map(groupingOf),
    json: values.json ?? false,
  }
}

function groupingOf(name: string): Grouping {
  const grouping = GROUPINGS.find((known) => known === name.trim())
  if (grouping) return grouping
  throw new UsageError(`--by must be one or more of ${GROUPINGS.join(', ')}, got ${JSON.stringify(name)}`)
}
