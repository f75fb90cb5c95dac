import type { AskedCall } from '../viewer/client.ts'

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

/** Looks at calls one by one, the newest first, for one kind of suggestion. It adds up what it sees: the calls themselves are too many to be kept. */
export interface Search {
  look(call: AskedCall): void
  /** Looks at the same calls once more, where what the first look has found is needed for that. */
  lookAgain?(call: AskedCall): void
  /** Whether a second look would find anything. */
  readonly wantsMore?: boolean
  readonly suggestions: readonly Suggestion[]
}
