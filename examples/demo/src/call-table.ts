import type { CallSpan } from './call-span.ts'
import { paint } from './paint.ts'
import { type Column, layOut } from './table.ts'

const COLUMNS: readonly Column[] = [
  { heading: '#', align: 'right' },
  { heading: 'operation', align: 'left' },
  { heading: 'model', align: 'left' },
  { heading: 'in', align: 'right' },
  { heading: 'cached', align: 'right' },
  { heading: 'out', align: 'right' },
  { heading: 'cost USD', align: 'right' },
  { heading: '1st token', align: 'right' },
  { heading: 'duration', align: 'right' },
  { heading: 'tries', align: 'right' },
  { heading: 'status', align: 'left' },
]

/** The table of calls, with their sum in the last row. */
export function callTable(calls: readonly CallSpan[]): string[] {
  const [heading = '', rule = '', ...rows] = layOut(COLUMNS, [...calls.map(callRow), totalRow(calls)])
  return [paint('bold', heading), paint('dim', rule), ...rows.slice(0, -1), paint('dim', rule), ...rows.slice(-1)]
}

/** Tokens and cost of some calls. */
export function totals(calls: readonly CallSpan[]): { tokens: number; costUsd: number } {
  return {
    tokens: sum(calls, 'inputTokens') + sum(calls, 'outputTokens'),
    costUsd: sum(calls, 'costUsd'),
  }
}

type Countable = 'inputTokens' | 'cachedTokens' | 'outputTokens' | 'costUsd' | 'attempts'

function sum(calls: readonly CallSpan[], field: Countable): number {
  return calls.reduce((total, call) => total + (call[field] ?? 0), 0)
}

function callRow(call: CallSpan, index: number): string[] {
  return [
    String(index + 1),
    call.operation,
    call.model,
    count(call.inputTokens),
    count(call.cachedTokens || undefined),
    count(call.outputTokens),
    call.costUsd === undefined ? paint('dim', call.unpriced ?? '–') : usd(call.costUsd),
    milliseconds(call.firstChunkSeconds),
    milliseconds(call.durationSeconds),
    call.attempts > 1 ? paint('yellow', String(call.attempts)) : String(call.attempts),
    paint(STATUS_COLOURS[call.status] ?? 'red', call.status),
  ]
}

const STATUS_COLOURS: Readonly<Record<string, 'green' | 'yellow' | 'dim'>> = {
  success: 'green',
  rate_limit: 'yellow',
  cancelled: 'dim',
}

function totalRow(calls: readonly CallSpan[]): string[] {
  return [
    '',
    `${calls.length} calls`,
    '',
    count(sum(calls, 'inputTokens')),
    count(sum(calls, 'cachedTokens')),
    count(sum(calls, 'outputTokens')),
    usd(sum(calls, 'costUsd')),
    '',
    '',
    String(sum(calls, 'attempts')),
    `${calls.filter(({ status }) => status === 'success').length} success`,
  ]
}

/** A count with thousands separated: `12,340`; a dash when there is none. */
export function count(value: number | undefined): string {
  return value === undefined ? '–' : value.toLocaleString('en-US')
}

/** Eight decimals: the cost of embedding one short question is a fraction of a millionth of a dollar, and not zero. */
function usd(value: number): string {
  return value.toFixed(8)
}

function milliseconds(seconds: number | undefined): string {
  return seconds === undefined ? '' : `${count(Math.round(seconds * 1000))} ms`
}
