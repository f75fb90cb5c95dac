/** How far a sum can be relied on. */
type Certainty = 'exact' | 'estimate' | 'guess'

/** Something that would have saved money or time. */
export interface Suggestion {
  readonly kind:
    | 'repeated_prompts'
    | 'stable_prefix'
    | 'dear_model'
    | 'truncated_output'
    | 'rate_limits'
    | 'abandoned_streams'
    | 'batchable'
  /** What to do, in one sentence. */
  readonly advice: string
  /** What was seen that leads there. */
  readonly evidence: string
  /** Calls that show it, by their numbers in the viewer; the dearest first, some of them. */
  readonly calls: readonly number[]
  /** How many there are. */
  readonly count: number
  /** 10⁻¹² USD that would have been saved. */
  readonly savedPicoUsd: bigint
  readonly certainty: Certainty
  /** Why it is not more certain. */
  readonly because: string
}

/** Calls that a suggestion names. */
export const MOST_NAMED = 5
