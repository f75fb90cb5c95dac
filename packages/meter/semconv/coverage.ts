import type { Emitted } from './emitted.ts'
import { type AttributeUses, definedMetric, definedSpan, type Registry } from './registry.ts'

/**
 * What the calls of a client cannot say, and why: `signal *` for a whole signal, `* attribute` for an attribute of every signal,
 * `signal attribute` for one of one. Signals are called as in the registry: types of spans, metrics, events, and refinements of them.
 */
export type NotApplicable = Readonly<Record<string, string>>

/** How far a registry is covered. Entries are `signal attribute`; `signal` alone stands for the signal itself. */
export interface Coverage {
  /** One line a signal, for people. */
  readonly lines: readonly string[]
  /** Neither seen nor listed as not applicable. */
  readonly unseen: readonly string[]
  /** Listed as not applicable, and seen all the same, or in no registry. */
  readonly wronglyListed: readonly string[]
}

/** What of the registry was emitted. */
export function coverageOf(emitted: Emitted, registry: Registry, listed: NotApplicable): Coverage {
  const seen = seenIn(emitted, registry)
  const lines: string[] = []
  const unseen: string[] = []
  const used = new Set<string>()
  const wronglyListed = new Set<string>()
  const account = (signal: string, attribute: string | undefined, entry: string): boolean => {
    const keys = [`${signal} *`, ...(attribute === undefined ? [] : [`* ${attribute}`, entry])]
    const reasons = keys.filter((key) => Object.hasOwn(listed, key))
    for (const key of reasons) used.add(key)
    if (seen.has(entry)) for (const key of reasons) wronglyListed.add(`${key}: ${entry} was seen`)
    else if (reasons.length === 0) unseen.push(entry)
    return seen.has(entry)
  }
  for (const [signal, attributes] of signalsOf(registry)) {
    const names = Object.keys(attributes).toSorted()
    const isSeen = account(signal, undefined, signal)
    const missing = names.filter((name) => !account(signal, name, `${signal} ${name}`))
    lines.push(isSeen ? lineOf(signal, names, missing) : `${signal}: not emitted: ${listed[`${signal} *`] ?? '?'}`)
  }
  for (const key of Object.keys(listed)) if (!used.has(key)) wronglyListed.add(`${key}: is not in the registry`)
  return { lines, unseen, wronglyListed: [...wronglyListed] }
}

function lineOf(signal: string, names: readonly string[], missing: readonly string[]): string {
  const rest = missing.length === 0 ? '' : `; not applicable: ${missing.join(', ')}`
  return `${signal}: ${names.length - missing.length} of ${names.length} attributes${rest}`
}

function signalsOf(registry: Registry): [string, AttributeUses][] {
  const { spans, span_refinements: spanRefinements, metrics, metric_refinements: metricRefinements, events } = registry
  const groups = [spans, spanRefinements, metrics, metricRefinements, events]
  return groups.flatMap((group) =>
    Object.entries(group).map(([name, { attributes }]): [string, AttributeUses] => [name, attributes]),
  )
}

function seenIn({ spans, metrics, events }: Emitted, registry: Registry): ReadonlySet<string> {
  const seen = new Set<string>()
  const note = (signals: readonly string[], attributes: object): void => {
    for (const signal of signals) {
      seen.add(signal)
      for (const name of Object.keys(attributes)) seen.add(`${signal} ${name}`)
    }
  }
  for (const { attributes } of spans) {
    const operation = String(attributes['gen_ai.operation.name'])
    note(definedSpan(registry, operation, attributes['gen_ai.provider.name']).names, attributes)
  }
  for (const { name, points } of metrics) {
    for (const { attributes } of points) {
      note(definedMetric(registry, name, attributes['gen_ai.provider.name'])?.names ?? [], attributes)
    }
  }
  for (const { name, attributes } of events) note([name], attributes)
  return seen
}
