import { METRIC } from './metric-batch.ts'

/** Filters, each of another kind and with another share of all calls. */
const FILTERS = {
  'most calls': 'status:success',
  'a model': 'model:gpt-*',
  'a feature': 'feature:returns',
  'few failed': 'error:429',
  'long ones': 'duration>14',
  'a user': 'user:u-00002a',
  'a session': 'session:s-00002a',
  'a cost that none has': 'cost>1000',
  nobody: 'user:nobody',
  'a common word': 'parcel',
  'common words, one behind the other in no call': '"parcel where"',
  'a word of some thousand calls': 'gift',
  'an order': '"order o-00002a"',
  'a word that none has': 'quagga',
  'without a common word': '-parcel',
} as const

const DIMENSIONS = 'model feature user session tenant provider operation service error_type'.split(' ')
const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** What the page adds up for a filter. */
const MOST_ADDED_UP = 20_000

/** A question that the page asks. */
export interface Question {
  readonly name: string
  /** With its query. */
  readonly path: string
}

/** Ids that are known only when calls are stored. */
export interface Known {
  readonly traceId: string
  readonly callId: number
}

/** Every question of the page, with filters one by one and in pairs. */
export function questionsOf({ traceId, callId }: Known): readonly Question[] {
  const now = Date.now()
  const day = `from=${now - DAY_MS}`
  return [
    { name: 'status', path: '/api/status' },
    { name: 'calls, newest', path: '/api/calls?limit=200' },
    { name: 'one call', path: `/api/calls/${callId}` },
    { name: 'traces of a day', path: `/api/traces?limit=500&${day}` },
    { name: 'one trace', path: `/api/traces/${traceId}` },
    { name: 'sessions of an hour', path: `/api/sessions?limit=500&from=${now - HOUR_MS}` },
    { name: 'sessions of a day', path: `/api/sessions?limit=500&${day}` },
    { name: 'sessions of a morning', path: `/api/sessions?limit=500&from=${now - DAY_MS}&to=${now - DAY_MS / 2}` },
    { name: 'totals of a day', path: `/api/totals?${day}` },
    { name: 'metrics', path: '/api/metrics' },
    { name: 'one metric of a day', path: `/api/metrics/${METRIC}?${day}` },
    { name: 'logs', path: '/api/logs' },
    { name: 'charts of a day', path: `/api/series?${day}` },
    ...DIMENSIONS.flatMap((by) => [
      { name: `charts of a day, by ${by}`, path: `/api/series?by=${by}&${day}` },
      { name: `charts of six hours, by ${by}`, path: `/api/series?by=${by}&from=${now - 6 * HOUR_MS}` },
      { name: `breakdown of a day, by ${by}`, path: `/api/breakdown?by=${by}&limit=50&${day}` },
    ]),
    ...filtersOf(traceId).flatMap(({ name, filter }) => filtered(name, filter, now)),
  ]
}

/** Filters of which not every pair would say something new. */
const ONLY_ALONE: readonly string[] = ['a model', 'few failed', 'nobody', 'a word that none has', 'a trace']

function filtersOf(traceId: string): readonly { readonly name: string; readonly filter: string }[] {
  const alone = Object.entries({ ...FILTERS, 'a trace': `trace:${traceId}` }).map(([name, filter]) => ({
    name,
    filter,
  }))
  const paired = alone.filter(({ name }) => !ONLY_ALONE.includes(name))
  const pairs = paired.flatMap((one, index) =>
    paired.slice(index + 1).map((other) => ({
      name: `${one.name} + ${other.name}`,
      filter: `${one.filter} ${other.filter}`,
    })),
  )
  return [...alone, ...pairs]
}

/** The list, its sums, and two days side by side: all that the page asks for a filter. */
function filtered(name: string, filter: string, now: number): readonly Question[] {
  const wanted = `filter=${encodeURIComponent(filter)}`
  const sums = `/api/totals?newest=${MOST_ADDED_UP}&${wanted}`
  return [
    { name: `calls: ${name}`, path: `/api/calls?limit=200&${wanted}` },
    { name: `sums: ${name}`, path: `${sums}&from=1` },
    { name: `compared: ${name}`, path: `${sums}&from=${now - DAY_MS}&to=${now - DAY_MS / 2}` },
  ]
}
