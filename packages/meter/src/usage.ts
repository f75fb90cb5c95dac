import { type Draft, draftsOf } from './draft.ts'

/** Token counts of one modality each; a field is absent when the provider did not report it. */
export interface ModalityTokens {
  readonly text?: number
  readonly audio?: number
  readonly image?: number
}

/**
 * What one call consumed, in the provider's own numbers.
 *
 * It is an accounting identity: `inputTokens` includes everything that is named `cacheRead`, `cacheWrite` or `input`,
 * `outputTokens` includes everything named `reasoning`, `output` or `prediction`; a subset never exceeds its total, and no count is negative.
 * An absent subset was not reported, which is not the same as 0.
 */
export interface Usage {
  /** All input tokens, cached ones included. */
  readonly inputTokens: number
  /** All output tokens, reasoning included; 0 for operations that return none, such as embeddings. */
  readonly outputTokens: number
  /** Input served from the provider's prompt cache: a subset of `inputTokens`. */
  readonly cacheReadTokens?: number
  /** Input written to the provider's prompt cache: a subset of `inputTokens`. */
  readonly cacheWriteTokens?: number
  /** What of it the cache keeps for 12 hours, which costs more: a subset of `cacheWriteTokens`. */
  readonly cacheWrite12hTokens?: number
  /** Output spent on reasoning: a subset of `outputTokens`. */
  readonly reasoningTokens?: number
  /** Input by modality: subsets of `inputTokens`. */
  readonly input?: ModalityTokens
  /** Output by modality: subsets of `outputTokens`. */
  readonly output?: ModalityTokens
  /** Cached input by modality: subsets of `cacheReadTokens`. */
  readonly cacheRead?: ModalityTokens
  /** Predicted output that was used: a subset of `outputTokens`. */
  readonly acceptedPredictionTokens?: number
  /** Predicted output that was thrown away but billed: a subset of `outputTokens`. */
  readonly rejectedPredictionTokens?: number
}

/** Counts by modality as read from the wire. */
export interface ReportedModalities {
  readonly text?: unknown
  readonly audio?: unknown
  readonly image?: unknown
}

/** Counts as read from the wire, before anyone has checked them; any field may be absent or nonsense. */
export interface ReportedUsage {
  readonly inputTokens?: unknown
  readonly outputTokens?: unknown
  readonly cacheReadTokens?: unknown
  readonly cacheWriteTokens?: unknown
  readonly cacheWrite12hTokens?: unknown
  readonly reasoningTokens?: unknown
  readonly input?: ReportedModalities | undefined
  readonly output?: ReportedModalities | undefined
  readonly cacheRead?: ReportedModalities | undefined
  readonly acceptedPredictionTokens?: unknown
  readonly rejectedPredictionTokens?: unknown
}

/** One count of the provider's that could not be true: what it was, and what was done about it. */
export interface UsageProblem {
  /** The `Usage` field, dotted: `cacheRead.audio`. */
  readonly field: string
  /** `unusable`: not a count, left out. `exceeds_total`: larger than what contains it, clamped. */
  readonly problem: 'unusable' | 'exceeds_total'
}

/** Usage that keeps the identity, and what had to be changed to make it so. */
export interface NormalisedUsage {
  readonly usage: Usage
  readonly problems: readonly UsageProblem[]
}

const NO_PROBLEMS: readonly UsageProblem[] = Object.freeze([])
const UsageDraft = draftsOf<Usage>()
const ModalityDraft = draftsOf<ModalityTokens>()
const MODALITIES = ['audio', 'image', 'text'] as const

/**
 * Turns counts from the wire into a `Usage` that keeps the identity.
 *
 * @returns `undefined` when neither an input nor an output count is usable: there is no usage then, and nothing may be counted.
 */
export function normaliseUsage(reported: ReportedUsage): NormalisedUsage | undefined {
  const reader = new UsageReader()
  const input = reader.count('inputTokens', reported.inputTokens, Number.MAX_SAFE_INTEGER)
  const output = reader.count('outputTokens', reported.outputTokens, Number.MAX_SAFE_INTEGER)
  if (input === undefined && output === undefined) return undefined
  const usage = new UsageDraft() as Draft<Usage>
  usage.inputTokens = input ?? 0
  usage.outputTokens = output ?? 0

  reader.subset(usage, 'cacheReadTokens', reported.cacheReadTokens, usage.inputTokens)
  reader.subset(usage, 'cacheWriteTokens', reported.cacheWriteTokens, usage.inputTokens)
  reader.subset(usage, 'cacheWrite12hTokens', reported.cacheWrite12hTokens, usage.cacheWriteTokens ?? 0)
  reader.subset(usage, 'reasoningTokens', reported.reasoningTokens, usage.outputTokens)
  reader.subset(usage, 'acceptedPredictionTokens', reported.acceptedPredictionTokens, usage.outputTokens)
  reader.subset(usage, 'rejectedPredictionTokens', reported.rejectedPredictionTokens, usage.outputTokens)
  reader.modalities(usage, 'input', reported.input, usage.inputTokens)
  reader.modalities(usage, 'output', reported.output, usage.outputTokens)
  reader.modalities(usage, 'cacheRead', reported.cacheRead, usage.cacheReadTokens ?? 0)
  return { usage, problems: reader.problems }
}

type CountField = { [K in keyof Usage]-?: Usage[K] extends number | undefined ? K : never }[keyof Usage]

class UsageReader {
  problems: readonly UsageProblem[] = NO_PROBLEMS

  /** A whole number from 0 to `limit`; absent and null mean "not reported", everything else is a problem. */
  count(field: string, value: unknown, limit: number, modality?: string): number | undefined {
    if (value === undefined || value === null) return undefined
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
      this.#problem(field, modality, 'unusable')
      return undefined
    }
    if (value <= limit) return value
    this.#problem(field, modality, 'exceeds_total')
    return limit
  }

  subset(usage: Draft<Usage>, field: CountField, value: unknown, total: number): void {
    const count = this.count(field, value, total)
    if (count !== undefined) usage[field] = count
  }

  /** Modalities share one total: each may use what the ones before it left, so that their sum never exceeds it. */
  modalities(
    usage: Draft<Usage>,
    field: 'input' | 'output' | 'cacheRead',
    reported: ReportedModalities | undefined,
    total: number,
  ): void {
    if (!reported) return
    const counts = new ModalityDraft()
    let left = total
    let any = false
    for (let index = 0; index < MODALITIES.length; index++) {
      const modality = MODALITIES[index] as (typeof MODALITIES)[number]
      const count = this.count(field, reported[modality], left, modality)
      if (count === undefined) continue
      counts[modality] = count
      left -= count
      any = true
    }
    if (any) usage[field] = counts
  }

  #problem(field: string, modality: string | undefined, problem: UsageProblem['problem']): void {
    this.problems = [...this.problems, { field: modality === undefined ? field : `${field}.${modality}`, problem }]
  }
}
