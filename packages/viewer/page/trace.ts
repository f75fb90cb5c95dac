import { useMemo } from 'preact/hooks'
import type { TraceColumns } from '../src/query/trace-columns.ts'
import { FIRST_SPANS } from '../src/server/first-spans.ts'
import { useAnswer } from './api.ts'
import { SpanTree } from './tree.ts'

/** A trace, as far as it has come. */
export interface ShownTrace {
  readonly trace: TraceColumns | undefined
  readonly tree: SpanTree | undefined
  /** Not while a large one has only its first spans. */
  readonly isWhole: boolean
  readonly error: string | undefined
}

/**
 * Asks for a trace; `undefined` asks nothing. The first spans are there with the page, however many there are. All are asked for at the same time: to wait for the answer that
 * there are more takes longer than to ask in vain.
 */
export function useTrace(id: string | undefined): ShownTrace {
  const first = useAnswer<TraceColumns>(id && `/api/traces/${id}/columns?first=${FIRST_SPANS}`)
  const isPart = first.value !== undefined && first.value.omitted > 0
  const all = useAnswer<TraceColumns>(id && `/api/traces/${id}/columns`)
  // What was asked for another trace stays until there is an answer.
  const whole = isPart && all.value?.traceId === first.value?.traceId ? all.value : undefined
  const trace = whole ?? first.value
  const tree = useMemo(() => trace && new SpanTree(trace), [trace])
  return { trace, tree, isWhole: !isPart || whole !== undefined, error: first.error ?? all.error }
}
