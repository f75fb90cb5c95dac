import { type CallPage, findCall, listCalls, listCallsAfter, listSessions, type SessionRow } from './call-queries.ts'
import type { CallRow } from './call-rows.ts'
import type { CallQuery } from './call-scan.ts'
import {
  listLogs,
  listMetrics,
  type LogQuery,
  type LogRow,
  metricSeries,
  type MetricRow,
  type MetricSeries,
} from './logs-and-metrics.ts'
import { exportCalls, exportTrace, type OtlpJson } from './otlp-json.ts'
import {
  type Measure,
  type Percentiles,
  type PercentilesByStep,
  percentileSeries,
  percentilesOf,
} from './percentiles.ts'
import { type Asked, askedOf } from './prompts.ts'
import type { Range } from './range.ts'
import { type Status, statusOf } from './status.ts'
import { SumBlocks } from './sum-blocks.ts'
import {
  breakdown,
  filteredTotals,
  recentTotals,
  type RecentTotals,
  series,
  type Sums,
  type SumsByStep,
  type SumsByValue,
  totals,
} from './sums.ts'
import { traceColumnsJson } from './trace-columns.ts'
import { findBody, findTrace, listTraces, type SpanBody, type TraceDetail, type TraceRow } from './traces.ts'
import { MOST_SPANS_SHARED, tracePage } from '../server/trace-page.ts'
import type { Dimension } from '../store/dimensions.ts'
import type { Database } from '../store/database.ts'

/** Everything that can be asked of a store. Each runs in the thread of the database. */
export interface Queries {
  readonly status: () => Status
  readonly calls: (query: CallQuery, limit: number, before?: string) => CallPage
  /** Calls that arrived after the one with the number `after`, in the order of arrival. */
  readonly callsAfter: (query: CallQuery, after: number, limit: number) => readonly CallRow[]
  readonly asked: (ids: readonly number[]) => readonly Asked[]
  readonly call: (id: number) => CallRow | undefined
  readonly body: (id: number) => SpanBody | undefined
  readonly sessions: (range: Range, limit: number) => readonly SessionRow[]
  readonly traces: (range: Range, limit: number) => readonly TraceRow[]
  /** A trace with a page of its spans. */
  readonly trace: (traceId: string, limit?: number, after?: string) => TraceDetail | undefined
  /** The same as JSON. */
  readonly traceJson: (traceId: string, limit?: number, after?: string) => string | undefined
  /** The same by columns, as JSON of `TraceColumns`. */
  readonly traceColumns: (traceId: string, most?: number) => string | undefined
  /** A trace as a file of HTML that needs nothing else. */
  readonly tracePage: (traceId: string) => string | undefined
  readonly exportTrace: (traceId: string) => OtlpJson | undefined
  readonly exportCalls: (query: CallQuery) => OtlpJson
  /** @param newest looks at so many calls only, where they have to be looked at one by one. */
  readonly totals: (query: CallQuery & { readonly range: Range }, newest?: number) => RecentTotals
  /** The same to the millisecond: every call is looked at. */
  readonly exactTotals: (query: CallQuery) => Sums & Percentiles
  readonly breakdown: (by: Exclude<Dimension, 'all'>, range: Range, limit: number) => readonly SumsByValue[]
  readonly series: (by: Dimension, range: Range, stepMinutes: number) => readonly SumsByStep[]
  readonly percentiles: (
    by: Dimension,
    measure: Measure,
    range: Range,
    stepMinutes: number,
  ) => readonly PercentilesByStep[]
  readonly logs: (query: LogQuery, limit: number) => readonly LogRow[]
  readonly metrics: () => readonly MetricRow[]
  readonly metric: (name: string, range: Range) => readonly MetricSeries[]
}

/** The queries of a database. */
export function queriesOf(database: Database): Queries {
  const { connection } = database
  const blocks = new SumBlocks(connection)
  const exactTotals: Queries['exactTotals'] = (query) => filteredTotals(connection, query)
  return {
    status: () => statusOf(database),
    calls: (query, limit, before) => listCalls(connection, query, limit, before),
    callsAfter: (query, after, limit) => listCallsAfter(connection, query, after, limit),
    asked: (ids) => askedOf(connection, ids),
    call: (id) => findCall(connection, id),
    body: (id) => findBody(connection, id),
    sessions: (range, limit) => listSessions(connection, range, limit),
    traces: (range, limit) => listTraces(connection, range, limit),
    trace: (traceId, limit, after) => findTrace(connection, traceId, limit, after),
    traceJson: (traceId, limit, after) => JSON.stringify(findTrace(connection, traceId, limit, after)),
    traceColumns: (traceId, most) => traceColumnsJson(connection, traceId, most),
    tracePage: (traceId) => {
      const trace = findTrace(connection, traceId, MOST_SPANS_SHARED)
      return trace && tracePage(trace, (id) => findBody(connection, id))
    },
    exportTrace: (traceId) => exportTrace(connection, traceId),
    exportCalls: (query) => exportCalls(connection, query),
    totals: (query, newest) => {
      const { filter, range } = query
      if (!filter) return { ...totals(connection, range), ...percentilesOf(blocks, 'duration', range) }
      return newest === undefined ? exactTotals(query) : recentTotals(connection, query, newest)
    },
    exactTotals,
    breakdown: (by, range, limit) => breakdown(connection, blocks, by, range, limit),
    series: (by, range, stepMinutes) => series(connection, blocks, by, range, stepMinutes),
    percentiles: (by, measure, range, stepMinutes) =>
      percentileSeries(connection, blocks, { by, measure }, range, stepMinutes),
    logs: (query, limit) => listLogs(connection, query, limit),
    metrics: () => listMetrics(connection),
    metric: (name, range) => metricSeries(connection, name, range),
  }
}
