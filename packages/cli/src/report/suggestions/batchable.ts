import type { AskedCall } from '../../viewer/client.ts'
import { plural, taskOf } from '../grouping.ts'
import type { Pricing } from '../pricing.ts'
import type { Search, Suggestion } from '../suggestion.ts'
import { Tally, valueOf } from '../tally.ts'

/** Fewer are not worth a file. */
const FEWEST_CALLS = 10
/** What OpenAI takes in batches (https://platform.openai.com/docs/guides/batch, 2026-11-27), as far as it is often made in bulk. */
const OPERATIONS: ReadonlySet<string> = new Set([
  'chat_completion',
  'response',
  'embedding',
  'completion',
  'chat',
  'embeddings',
])

/** The calls of one task of one model that nobody waits for. */
interface Group {
  count: number
  /** Those for which a batch costs less. */
  readonly cheaper: Tally
  savedPicoUsd: bigint
}

/** Calls in bulk for nobody who waits: no stream, no session, no user. The batch API takes them for less. */
export class Batchable implements Search {
  readonly #pricing: Pricing
  readonly #groups = new Map<string, Group>()

  constructor(pricing: Pricing) {
    this.#pricing = pricing
  }

  look(call: AskedCall): void {
    if (!isUnhurried(call)) return
    const key = `${call.model} · ${taskOf(call)}`
    const group = valueOf(this.#groups, key, () => ({ count: 0, cheaper: new Tally(), savedPicoUsd: 0n }))
    group.count += 1
    const now = this.#pricing.costBy(this.#pricing.cardOf(call), call)
    const then = this.#pricing.costBy(this.#pricing.cardOf(call, { tier: 'batch' }), call)
    if (now === undefined || then === undefined || then >= now) return
    group.savedPicoUsd += now - then
    group.cheaper.add(call)
  }

  get suggestions(): readonly Suggestion[] {
    return [...this.#groups].flatMap(([task, group]) =>
      group.count < FEWEST_CALLS || group.cheaper.count === 0 ? [] : [suggestionOf(task, group)],
    )
  }
}

const isUnhurried = ({ status, asked, session, user, operation, timeToFirstChunk }: AskedCall): boolean =>
  status === 'success' &&
  !asked.isStream &&
  timeToFirstChunk === null &&
  session === null &&
  user === null &&
  OPERATIONS.has(operation)

function suggestionOf(task: string, { cheaper, savedPicoUsd }: Group): Suggestion {
  return {
    kind: 'batchable',
    advice: `Send ${task} through the batch API, if its answers may come within a day.`,
    evidence: `${plural(cheaper.count, 'call')} for no user and no session, none of them a stream.`,
    calls: cheaper.named,
    count: cheaper.count,
    savedPicoUsd,
    certainty: 'guess',
    because: 'The prices of batches are known; whether somebody waits for the answers is not.',
  }
}
