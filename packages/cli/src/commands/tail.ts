import type { CallPage, CallRow } from '@tokenmeter/viewer'
import { readArguments } from '../arguments.ts'
import { type Command, type Terminal, UsageError } from '../command.ts'
import { callPages, MOST_CALLS_A_PAGE } from '../viewer/calls.ts'
import { openViewer, queryOf, type ViewerClient } from '../viewer/client.ts'
import { viewerNews } from '../viewer/news.ts'

const help = `Usage: tokenmeter tail [options]

Writes a line for every call that a running viewer is told of, until Ctrl-C.

  --url <url>        the viewer; by default the one on port 4320
  --filter <filter>  calls that are wanted, as on the page: 'model:gpt-* error:* cost>0.01'
  --lines <n>        calls that were there already and are written first; 10 by default
  --json             a line of JSON for every call, as /api/calls has it

Exit code: 0, or 1 if the viewer has ended, or 2 if the command line is wrong.
`

/** `tokenmeter tail`: follows the calls of a viewer. */
export const tail: Command = {
  help,
  async run(args, terminal) {
    const { url, filter, lines, show } = read(args)
    const viewer = await openViewer({ url: url ?? 'http://127.0.0.1:4320' })
    const interrupted = interruption()
    const write = (calls: readonly CallRow[]): void => {
      for (const call of calls) terminal.stdout.write(`${show(call)}\n`)
    }
    // First of all, so that nothing that happens meanwhile is missed.
    const news = viewerNews(viewer, interrupted)
    await news.next()
    const { lastCall } = await viewer.ask<{ readonly lastCall: number }>('/api/status')
    write(await latestOf(viewer, filter, lines, lastCall))
    await followAll(viewer, news, filter, lastCall, write).catch((error: unknown) => {
      // A viewer that goes while it is asked has ended.
      if (!(error instanceof TypeError)) throw error
    })
    return ended(interrupted, viewer, terminal)
  },
}

/** The newest calls that had come when `lastCall` had, in the order of their arrival. */
async function latestOf(
  viewer: ViewerClient,
  filter: string,
  lines: number,
  lastCall: number,
): Promise<readonly CallRow[]> {
  if (lines === 0) return []
  const latest: CallRow[] = []
  for await (const { calls } of callPages(viewer, { filter, limit: lines })) {
    latest.push(...calls.filter(({ id }) => id <= lastCall))
    if (latest.length >= lines) break
  }
  return latest.slice(0, lines).toSorted((a, b) => a.id - b.id)
}

async function followAll(
  viewer: ViewerClient,
  news: AsyncIterable<'open' | 'traces' | 'clear'>,
  filter: string,
  lastCall: number,
  write: (calls: readonly CallRow[]) => void,
): Promise<void> {
  let last = lastCall
  for await (const signal of news) {
    // Numbers begin again.
    if (signal === 'clear') last = 0
    last = await follow(viewer, filter, last, write)
  }
}

async function follow(
  viewer: ViewerClient,
  filter: string,
  after: number,
  write: (calls: readonly CallRow[]) => void,
): Promise<number> {
  let last = after
  for (;;) {
    const query = queryOf({ filter, after: last, limit: MOST_CALLS_A_PAGE })
    const { calls } = await viewer.ask<CallPage>(`/api/calls${query}`)
    write(calls)
    last = calls.at(-1)?.id ?? last
    // Such pages are short only at their end: they are not looked for a stretch at a time.
    if (calls.length < MOST_CALLS_A_PAGE) return last
  }
}

function ended(interrupted: AbortSignal, { url }: ViewerClient, { stderr }: Terminal): number {
  if (interrupted.aborted) return 0
  stderr.write(`tokenmeter: the viewer at ${url} has ended\n`)
  return 1
}

/** Aborts when somebody ends this process. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}

interface Request {
  readonly url: string | undefined
  readonly filter: string
  readonly lines: number
  readonly show: (call: CallRow) => string
}

function read(args: readonly string[]): Request {
  const { values } = readArguments({
    args: [...args],
    options: {
      url: { type: 'string' },
      filter: { type: 'string', default: '' },
      lines: { type: 'string', default: '10' },
      json: { type: 'boolean', default: false },
    },
  })
  const lines = Number(values.lines)
  if (!Number.isInteger(lines) || lines < 0 || lines > MOST_CALLS_A_PAGE) {
    throw new UsageError(
      `--lines must be a whole number from 0 to ${MOST_CALLS_A_PAGE}, got ${JSON.stringify(values.lines)}`,
    )
  }
  return { url: values.url, filter: values.filter, lines, show: values.json ? JSON.stringify : callText }
}

/** A call in one line for a person. */
export function callText(call: CallRow): string {
  const { status, errorType, inputTokens, outputTokens, cost, unpriced, attempts, feature, user } = call
  const parts = [
    new Date(call.start).toISOString().slice(11, 23),
    status === 'success' ? 'ok' : (errorType ?? status),
    `${call.operation} ${call.model ?? '?'}`,
    ...(inputTokens === null ? [] : [`${inputTokens} in`]),
    ...(outputTokens === null ? [] : [`${outputTokens} out`]),
    cost === null ? (unpriced ?? 'no cost') : `${cost} USD`,
    `${Math.round(call.duration * 1000)} ms`,
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(feature === null ? [] : [feature]),
    ...(user === null ? [] : [user]),
  ]
  return parts.join('  ')
}
