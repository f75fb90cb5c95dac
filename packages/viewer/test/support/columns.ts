import type { TraceColumns } from '../../src/query/trace-columns.ts'
import { ROLE_CODES } from '../../src/store/dimensions.ts'

/** What a test says of a span of a tree; the rest is usual. */
export interface TestSpan {
  readonly name: string
  /** The name of its parent: '' where there is none. */
  readonly parent: string
  readonly id?: number
  /** Microseconds since the trace began. */
  readonly start?: number
  readonly failed?: boolean
  readonly role?: keyof typeof ROLE_CODES
  readonly model?: string
  readonly call?: {
    readonly picoUsd: bigint | null
    readonly inputTokens: number
    readonly outputTokens: number
    readonly isEstimated: boolean
  }
}

/** A trace as the page gets it. */
export function columnsOf(spans: readonly TestSpan[]): TraceColumns {
  const idOf = new Map(spans.map(({ name, id }, index) => [name, id ?? 100 + index]))
  const words = [...new Set(spans.flatMap(({ name, model = [] }) => [name].concat(model)))]
  const numbers = new Map(words.map((word, index) => [word, index]))
  const wordOf = (text: string): number => numbers.get(text) ?? -1
  const calls = spans.flatMap(({ name, model, call }) => (call ? [{ id: idOf.get(name) ?? 0, model, ...call }] : []))
  return {
    traceId: '',
    name: null,
    service: '',
    start: 0,
    duration: 1,
    spans: spans.length,
    calls: calls.length,
    errors: 0,
    inputTokens: 0,
    outputTokens: 0,
    cost: '0',
    unpriced: 0,
    omitted: 0,
    words: Object.fromEntries(words.entries()),
    columns: {
      id: spans.map(({ name }) => idOf.get(name) ?? 0),
      parent: spans.map(({ parent }) => (parent === '' ? 0 : (idOf.get(parent) ?? -1))),
      name: spans.map(({ name }) => wordOf(name)),
      service: spans.map(() => -1),
      role: spans.map(({ role = 'other' }) => ROLE_CODES[role]),
      start: spans.map(({ start = 0 }) => start),
      duration: spans.map(() => 1),
      failed: spans.map(({ failed = false }) => Number(failed)),
    },
    callColumns: {
      id: calls.map(({ id }) => id),
      model: calls.map(({ model }) => (model === undefined ? null : wordOf(model))),
      errorType: calls.map(() => null),
      inputTokens: calls.map(({ inputTokens }) => inputTokens),
      outputTokens: calls.map(({ outputTokens }) => outputTokens),
      microUsd: calls.map(({ picoUsd }) => (picoUsd === null ? null : Number(picoUsd / 1_000_000n))),
      picoUsd: calls.map(({ picoUsd }) => (picoUsd === null ? null : Number(picoUsd % 1_000_000n))),
      estimated: calls.map(({ isEstimated }) => Number(isEstimated)),
      firstChunk: calls.map(() => null),
    },
  }
}
