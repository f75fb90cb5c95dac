import { useMemo } from 'preact/hooks'
import type { TraceColumns } from '../src/query/trace-columns.ts'
import { useAnswer } from './api.ts'
import { SpanTree } from './tree.ts'

/** A trace, as far as it has come. */
export interface ShownTrace {
  readonly trace: TraceColumns | undefined
  readonly tree: SpanTree | undefined
  readonly error: string | undefined
}

/** Asks for a trace; `undefined` asks nothing. */
export function useTrace(id: string | undefined): ShownTrace {
  const { value: trace, error } = useAnswer<TraceColumns>(id && `/api/traces/${id}/columns`)
  const tree = useMemo(() => trace && new SpanTree(trace), [trace])
  return { trace, tree, error }
}
