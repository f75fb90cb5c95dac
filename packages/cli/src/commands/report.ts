import { readArguments } from '../arguments.ts'
import { type Command, UsageError } from '../command.ts'
import { durationOf } from '../report/duration.ts'
import { gatherReport } from '../report/gather.ts'
import type { Report } from '../report/report.ts'
import { reportHtml, reportMarkdown } from '../report/show.ts'
import { openViewer, type Place } from '../viewer/client.ts'

const FORMATS: Readonly<Record<string, (report: Report) => string>> = {
  md: reportMarkdown,
  json: (report) => `${JSON.stringify(report, undefined, 2)}\n`,
  html: reportHtml,
}

const help = `Usage: tokenmeter report [options]

Says of the calls that a viewer keeps who spends most, what was paid for nothing, and what would have saved how much: each suggestion with
what was seen, the sum, and how sure that is.

  --since <time>     how far back: 90m, 12h, 7d; 1h by default
  --format <format>  ${Object.keys(FORMATS).join(', ')}; md by default
  --filter <filter>  calls that are wanted, as on the page: 'model:gpt-* feature:search'
  --url <url>        the viewer; by default the one on port 4320, or else the file of this project
  --file <path>      the file of a viewer

Exit code: 0, or 2 if the command line is wrong.
`

/** `tokenmeter report`: what was spent, and what would have saved how much. */
export const report: Command = {
  help,
  async run(args, terminal) {
    const { place, sinceMs, filter, show } = read(args)
    await withViewer(place, async (viewer) => {
      // What is on its way has begun already.
      const to = Date.now() + 1
      terminal.stdout.write(show(await gatherReport(viewer, { from: to - sinceMs, to, filter })))
    })
    return 0
  },
}

async function withViewer(
  place: Place,
  work: (viewer: Awaited<ReturnType<typeof openViewer>>) => Promise<void>,
): Promise<void> {
  const viewer = await openViewer(place)
  try {
    await work(viewer)
  } finally {
    await viewer[Symbol.asyncDispose]()
  }
}

interface Request {
  readonly place: Place
  readonly sinceMs: number
  readonly filter: string
  readonly show: (report: Report) => string
}

function read(args: readonly string[]): Request {
  const { values } = readArguments({
    args: [...args],
    options: {
      since: { type: 'string', default: '1h' },
      format: { type: 'string', default: 'md' },
      filter: { type: 'string', default: '' },
      url: { type: 'string' },
      file: { type: 'string' },
    },
  })
  const show = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined
  if (!show)
    throw new UsageError(
      `--format must be one of ${Object.keys(FORMATS).join(', ')}, got ${JSON.stringify(values.format)}`,
    )
  return {
    place: { url: values.url, file: values.file },
    sinceMs: durationOf(values.since, '--since'),
    filter: values.filter,
    show,
  }
}
