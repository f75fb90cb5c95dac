import { type CallPage, MOST_CALLS_A_PAGE } from '../query/call-queries.ts'
import { stepOf } from '../query/range.ts'
import { MOST_SPANS } from '../query/trace-columns.ts'
import { MOST_SPANS_A_PAGE } from '../query/traces.ts'
import { Refusal } from '../receiver/refusal.ts'
import type { Store } from '../store/store.ts'
import { JsonAnswer } from './json-answer.ts'
import { dimensionParameter, hasRange, numberParameter, rangeParameter } from './parameters.ts'

/** A question to the API. */
interface ApiRequest {
  readonly query: URLSearchParams
  /** What stands in the path where the route has a name in braces. */
  readonly parameters: readonly string[]
}

/** One question that the API answers. */
export interface ApiRoute {
  /** `/api/calls/{id}` */
  readonly path: string
  readonly description: string
  readonly answer: (store: Store, request: ApiRequest) => Promise<unknown>
}

const STEPS_OF_A_CHART = 120
const MOST_ROWS = 1000

const limitOf = (query: URLSearchParams, fallback = 100): number =>
  numberParameter(query, 'limit', fallback, { min: 1, max: MOST_CALLS_A_PAGE })

function found<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new Refusal(404, `${what} is not here: it may have been removed to make room`)
  return value
}

function idOf(text: string | undefined): number {
  const id = Number(text)
  if (!Number.isSafeInteger(id) || id < 1) throw new Refusal(400, `${JSON.stringify(text)} is no number of a call`)
  return id
}

const lastOf = (query: URLSearchParams): number =>
  numberParameter(query, 'after', 0, { min: 0, max: Number.MAX_SAFE_INTEGER })

function optionalRange(query: URLSearchParams): { range?: ReturnType<typeof rangeParameter> } {
  return hasRange(query) ? { range: rangeParameter(query, Date.now()) } : {}
}

/** Everything that can be read from outside: the page and other programs use the same. */
export const API_ROUTES: readonly ApiRoute[] = [
  {
    path: '/api/status',
    description: 'What is kept, of what has come, and the bounds.',
    answer: (store) => store.query('status'),
  },
  {
    path: '/api/calls',
    description:
      'Calls, newest first. `filter`, `from`, `to`, `limit` (100, at most 1000), `before` (`next` of the page before); with `after` (the number of a call) those that arrived later, in the order of arrival. Where `filter` lets little through a page may be short, or empty, with `next` and `lookedBackTo`. `asked=1` adds what each was asked.',
    answer: async (store, { query }) => {
      const wanted = { filter: query.get('filter') ?? '', ...optionalRange(query) }
      const page: CallPage = query.has('after')
        ? { calls: await store.query('callsAfter', wanted, lastOf(query), limitOf(query)) }
        : await store.query('calls', wanted, limitOf(query), query.get('before') ?? undefined)
      const ids = page.calls.map(({ id }) => id)
      const asked = query.get('asked') === '1' ? await store.query('asked', ids) : undefined
      const calls = page.calls.map((call, index) => ({
        ...call,
        url: `/api/calls/${call.id}`,
        ...(asked && { asked: asked[index] }),
      }))
      return { ...page, calls }
    },
  },
  {
    path: '/api/calls/{id}',
    description: 'One call with everything its span holds, and the log records that belong to it.',
    answer: async (store, { parameters: [id] }) => {
      const number = idOf(id)
      const call = found(await store.query('call', number), `The call ${number}`)
      const { traceId, spanId } = call
      const [body, logs] = await Promise.all([
        store.query('body', number),
        store.query('logs', { traceId, spanId }, MOST_ROWS),
      ])
      return { ...call, ...body, logs, trace: `/api/traces/${traceId}` }
    },
  },
  {
    path: '/api/spans/{id}',
    description: 'What one span of a trace holds.',
    answer: async (store, { parameters: [id] }) => found(await store.query('body', idOf(id)), `The span ${id}`),
  },
  {
    path: '/api/traces',
    description:
      'Traces of a range, the latest first, with their calls, tokens, cost and errors. `from`, `to`, `limit`.',
    answer: async (store, { query }) => ({
      traces: await store.query('traces', rangeParameter(query, Date.now()), limitOf(query)),
    }),
  },
  {
    path: '/api/traces/{id}',
    description:
      'One trace with its spans, in the order of their beginnings. `limit` (1000, at most 1000), `after` (`next` of the page before). All at once are in `columns` and `otlp`.',
    answer: async (store, { query, parameters: [id = ''] }) => {
      const [limit, after] = [limitOf(query, MOST_SPANS_A_PAGE), query.get('after') ?? undefined]
      return new JsonAnswer(found(await store.query('traceJson', id.toLowerCase(), limit, after), `The trace ${id}`))
    },
  },
  {
    path: '/api/traces/{id}/columns',
    description:
      'The same as the page reads it: a list for each column, words by their numbers. Large traces are here at once. `first` (only so many, the earliest).',
    answer: async (store, { query, parameters: [id = ''] }) => {
      const first = numberParameter(query, 'first', MOST_SPANS, { min: 1, max: MOST_SPANS })
      return new JsonAnswer(found(await store.query('traceColumns', id.toLowerCase(), first), `The trace ${id}`))
    },
  },
  {
    path: '/api/traces/{id}/otlp',
    description: 'One trace as OTLP/JSON, which this viewer and any Collector takes.',
    answer: async (store, { parameters: [id = ''] }) =>
      found(await store.query('exportTrace', id.toLowerCase()), `The trace ${id}`),
  },
  {
    path: '/api/export',
    description: 'The calls that `filter`, `from` and `to` let through, as OTLP/JSON, 100,000 at most.',
    answer: (store, { query }) =>
      store.query('exportCalls', { filter: query.get('filter') ?? '', ...optionalRange(query) }),
  },
  {
    path: '/api/sessions',
    description: 'Sessions that were going on in a range, the latest first, each as a whole. `from`, `to`, `limit`.',
    answer: async (store, { query }) => ({
      sessions: await store.query('sessions', rangeParameter(query, Date.now()), limitOf(query)),
    }),
  },
  {
    path: '/api/totals',
    description:
      'What the calls of a range add up to, and percentiles of their duration. `filter`, `from`, `to`, `newest` (looks at so many calls only, where `filter` needs it; `since` says from when).',
    answer: async (store, { query }) => {
      const newest = numberParameter(query, 'newest', 0, { min: 0, max: 1e9 })
      const wanted = { filter: query.get('filter') ?? '', range: rangeParameter(query, Date.now()) }
      return await store.query('totals', wanted, newest > 0 ? newest : undefined)
    },
  },
  {
    path: '/api/breakdown',
    description:
      'Sums by `by` (model, feature, user, session, tenant, provider, operation, service, error_type), the dearest first. `from`, `to`, `limit`.',
    answer: async (store, { query }) => {
      const by = dimensionParameter(query, 'model')
      if (by === 'all') throw new Refusal(400, 'by must name what to break down by; /api/totals has the sums of all')
      return { by, rows: await store.query('breakdown', by, rangeParameter(query, Date.now()), limitOf(query)) }
    },
  },
  {
    path: '/api/series',
    description:
      'Sums by steps of time, for charts, with the percentiles of the duration and of the time to the first token; of the values of `by` (all) those with the greatest cost and the most calls. Percentiles are kept of all calls and by model, feature, provider and operation; for the rest there is `durationSeconds`, which with `calls` is the mean. `from`, `to`, `steps` (120).',
    answer: async (store, { query }) => {
      const range = rangeParameter(query, Date.now())
      const step = stepOf(range, numberParameter(query, 'steps', STEPS_OF_A_CHART, { min: 1, max: 2000 }))
      const by = dimensionParameter(query, 'all')
      const [sums, duration, firstChunk] = await Promise.all([
        store.query('series', by, range, step),
        store.query('percentiles', by, 'duration', range, step),
        store.query('percentiles', by, 'first_chunk', range, step),
      ])
      return { by, range, stepMinutes: step, sums, duration, firstChunk }
    },
  },
  {
    path: '/api/logs',
    description: 'Log records, the latest first. `trace`, `span`, `from`, `to`, `limit`.',
    answer: async (store, { query }) => {
      const [traceId, spanId] = [query.get('trace'), query.get('span')]
      const wanted = {
        ...(traceId !== null && { traceId }),
        ...(spanId !== null && { spanId }),
        ...optionalRange(query),
      }
      return { logs: await store.query('logs', wanted, limitOf(query)) }
    },
  },
  {
    path: '/api/metrics',
    description: 'Names, units and kinds of the metrics that have come.',
    answer: async (store) => ({ metrics: await store.query('metrics') }),
  },
  {
    path: '/api/metrics/{name}',
    description:
      'All series of a metric, with their points; of a range beyond two hours, the last point of each step. `from`, `to`.',
    answer: async (store, { query, parameters: [name = ''] }) => ({
      name,
      series: await store.query('metric', name, rangeParameter(query, Date.now())),
    }),
  },
]

/** The route of a path, and what stands in it. */
export function findRoute(
  path: string,
): { readonly route: ApiRoute; readonly parameters: readonly string[] } | undefined {
  const asked = path.split('/')
  for (const route of API_ROUTES) {
    const parts = route.path.split('/')
    if (parts.length !== asked.length) continue
    const fits = parts.every((part, index) => part.startsWith('{') || part === asked[index])
    if (!fits) continue
    const parameters = parts.flatMap((part, index) => (part.startsWith('{') ? [decoded(asked[index] ?? '')] : []))
    return { route, parameters }
  }
  return undefined
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw new Refusal(400, `${JSON.stringify(part)} is no part of a URL`)
  }
}
