import type { AskedCall } from '../../viewer/client.ts'
import { plural, taskOf } from '../grouping.ts'
import type { Pricing } from '../pricing.ts'
import type { Search, Suggestion } from '../suggestion.ts'
import { Tally } from '../tally.ts'

/**
 * Tokens from which OpenAI caches the beginning of a prompt, and the steps in which it does
 * (https://platform.openai.com/docs/guides/prompt-caching, 2026-11-27).
 */
const SHORTEST_CACHED = 1024
const STEP = 128

/** The prompts of one task of one model. */
interface Group {
  /** What all of them begin with. */
  shared: string
  prompts: number
  /** Of the oldest call, as far as has been looked: it fills the cache. */
  oldest: number
  readonly missed: Tally
  savedPicoUsd: bigint
}

/** Prompts of a task begin alike, long enough to be cached by the provider, and were not. What they share is known when all of them have been seen. */
export class StablePrefix implements Search {
  readonly #pricing: Pricing
  readonly #groups = new Map<string, Group>()

  constructor(pricing: Pricing) {
    this.#pricing = pricing
  }

  look(call: AskedCall): void {
    const key = keyOf(call)
    const { id, asked } = call
    if (key === undefined || asked.text === null) return
    const group = this.#groups.get(key)
    if (group) {
      group.shared = group.shared.slice(0, sharedLength(group.shared, asked.text))
      group.prompts += 1
      group.oldest = id
    } else {
      const { text: shared } = asked
      this.#groups.set(key, { shared, prompts: 1, oldest: id, missed: new Tally(), savedPicoUsd: 0n })
    }
  }

  get wantsMore(): boolean {
    return [...this.#groups.values()].some(isStable)
  }

  lookAgain(call: AskedCall): void {
    const group = this.#groups.get(keyOf(call) ?? '')
    if (!group || !isStable(group) || call.id === group.oldest) return
    const tokens = cacheableTokens(call, group.shared.length)
    if (tokens <= (call.cachedTokens ?? 0)) return
    const card = this.#pricing.cardOf(call)
    const [now, then] = [this.#pricing.costBy(card, call), this.#pricing.costBy(card, call, tokens)]
    if (now === undefined || then === undefined || then >= now) return
    group.savedPicoUsd += now - then
    group.missed.add(call)
  }

  get suggestions(): readonly Suggestion[] {
    return [...this.#groups].flatMap(([task, group]) => (group.missed.count === 0 ? [] : [suggestionOf(task, group)]))
  }
}

const keyOf = (call: AskedCall): string | undefined =>
  call.status === 'success' && call.asked.text !== null ? `${call.model} · ${taskOf(call)}` : undefined

const isStable = ({ prompts, shared }: Group): boolean => prompts > 1 && shared !== ''

function suggestionOf(task: string, { shared, prompts, missed, savedPicoUsd }: Group): Suggestion {
  return {
    kind: 'stable_prefix',
    advice: `Let the provider cache the beginning of the prompts of ${task}: put what changes last, and send the same \`prompt_cache_key\`.`,
    evidence: `${plural(prompts, 'prompt')} share their first ${shared.length} characters; ${plural(missed.count, 'call')} paid for them in full.`,
    calls: missed.named,
    count: missed.count,
    savedPicoUsd,
    certainty: 'estimate',
    because:
      'Tokens of the beginning are told from its share of the characters, and a cache may have been emptied between two calls.',
  }
}

function cacheableTokens({ inputTokens, asked }: AskedCall, shared: number): number {
  const characters = asked.text?.length ?? 0
  if (inputTokens === null || characters === 0) return 0
  const tokens = Math.floor((inputTokens * shared) / characters)
  return tokens < SHORTEST_CACHED ? 0 : tokens - (tokens % STEP)
}

/** How many characters two texts begin with alike. */
function sharedLength(one: string, other: string): number {
  if (other.startsWith(one)) return one.length
  let same = 0
  while (same < one.length && one[same] === other[same]) same += 1
  return same
}
