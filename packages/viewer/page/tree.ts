import type { SpanRow } from '../src/query/traces.ts'

/** A span where it stands in its trace. */
export interface TreeLine {
  readonly span: SpanRow
  readonly depth: number
  /** Its parent has not come, or is one of those below it. */
  readonly isOrphan: boolean
  /** Its own, and those of all below it. */
  readonly total: { readonly picoUsd: bigint; readonly tokens: number; readonly errors: number }
}

/**
 * The spans of a trace in the order of a tree, parents before children. A span whose parent is missing stands at the top, and so does one of those
 * that are each other's parents: none is lost. Without recursion, so that a chain of 100,000 is a tree, too.
 */
export function treeOf(spans: readonly SpanRow[]): readonly TreeLine[] {
  const known = new Map(spans.map((span) => [span.spanId, span]))
  const children = new Map<string, SpanRow[]>()
  const roots: SpanRow[] = []
  for (const span of spans) {
    const parent = span.parentSpanId
    if (parent === '' || parent === span.spanId || !known.has(parent)) roots.push(span)
    else if (children.has(parent)) children.get(parent)?.push(span)
    else children.set(parent, [span])
  }
  const seen = new Set<SpanRow>()
  const ordered: { span: SpanRow; depth: number; isOrphan: boolean }[] = []
  const walk = (top: SpanRow): void => {
    const stack = [{ span: top, depth: 0 }]
    for (let next = stack.pop(); next; next = stack.pop()) {
      const { span, depth } = next
      if (seen.has(span)) continue
      seen.add(span)
      ordered.push({ span, depth, isOrphan: depth === 0 && span.parentSpanId !== '' })
      for (const child of (children.get(span.spanId) ?? []).toReversed()) stack.push({ span: child, depth: depth + 1 })
    }
  }
  roots.forEach(walk)
  // What is left goes round in circles.
  for (const span of spans) if (!seen.has(span)) walk(span)
  return withTotals(ordered)
}

interface Total {
  picoUsd: bigint
  tokens: number
  errors: number
}

function withTotals(ordered: readonly Omit<TreeLine, 'total'>[]): readonly TreeLine[] {
  const totals: Total[] = ordered.map(({ span }) => ownOf(span))
  // From the end, so that a span is whole before it is added to its parent.
  const open: number[] = []
  const parents = ordered.map(({ depth }, index) => {
    open.length = depth
    const parent = open[depth - 1]
    open[depth] = index
    return parent
  })
  for (let index = ordered.length - 1; index >= 0; index -= 1) {
    const own = totals[index] as Total
    const parent = totals[parents[index] ?? -1]
    if (!parent) continue
    parent.picoUsd += own.picoUsd
    parent.tokens += own.tokens
    parent.errors += own.errors
  }
  return ordered.map((line, index) => ({ ...line, total: totals[index] as Total }))
}

function ownOf({ call, failed }: SpanRow): Total {
  const isCounted = call !== undefined && !call.estimated
  return {
    picoUsd: isCounted && call.cost !== null ? picoOf(call.cost) : 0n,
    tokens: isCounted ? (call.inputTokens ?? 0) + (call.outputTokens ?? 0) : 0,
    errors: failed ? 1 : 0,
  }
}

const PICO_DIGITS = 12

function picoOf(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(PICO_DIGITS, '0').slice(0, PICO_DIGITS))
}

/** Pico-USD as a decimal of USD. */
export function decimalOf(picoUsd: bigint): string {
  const digits = picoUsd.toString().padStart(PICO_DIGITS + 1, '0')
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '')
  return `${digits.slice(0, -PICO_DIGITS)}${fraction && `.${fraction}`}`
}
