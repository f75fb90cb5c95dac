import { groupedBy, plural, taskOf } from '../grouping.ts'
import { dearestOf, type Pricing } from '../pricing.ts'
import { MOST_NAMED, type Suggestion } from '../suggestion.ts'
import type { AskedCall } from '../../viewer/client.ts'

/**
 * Tokens from which OpenAI caches the beginning of a prompt, and the steps in which it does
 * (https://platform.openai.com/docs/guides/prompt-caching, 2026-11-27).
 */
const SHORTEST_CACHED = 1024
const STEP = 128

/** Prompts of a task begin alike, long enough to be cached by the provider, and were not. */
export function stablePrefix(calls: readonly AskedCall[], pricing: Pricing): readonly Suggestion[] {
  const answered = calls.filter(({ status, asked }) => status === 'success' && asked.text !== null)
  const groups = groupedBy(answered, (call) => `${call.model} · ${taskOf(call)}`)
  return [...groups].flatMap(([task, group]) => suggestionOf(task, group, pricing))
}

function suggestionOf(task: string, group: readonly AskedCall[], pricing: Pricing): readonly Suggestion[] {
  if (group.length < 2) return []
  const inOrder = group.toSorted((a, b) => a.start - b.start)
  const shared = sharedLength(inOrder.map(({ asked }) => asked.text ?? ''))
  let saved = 0n
  const missed: AskedCall[] = []
  // The first one fills the cache.
  for (const call of inOrder.slice(1)) {
    const tokens = cacheableTokens(call, shared)
    if (tokens <= (call.cachedTokens ?? 0)) continue
    const card = pricing.cardOf(call)
    const [now, then] = [pricing.costBy(card, call), pricing.costBy(card, call, tokens)]
    if (now === undefined || then === undefined || then >= now) continue
    saved += now - then
    missed.push(call)
  }
  if (missed.length === 0) return []
  return [
    {
      kind: 'stable_prefix',
      advice: `Let the provider cache the beginning of the prompts of ${task}: put what changes last, and send the same \`prompt_cache_key\`.`,
      evidence: `${plural(group.length, 'prompt')} share their first ${shared} characters; ${plural(missed.length, 'call')} paid for them in full.`,
      calls: dearestOf(missed, MOST_NAMED),
      count: missed.length,
      savedPicoUsd: saved,
      certainty: 'estimate',
      because:
        'Tokens of the beginning are told from its share of the characters, and a cache may have been emptied between two calls.',
    },
  ]
}

function cacheableTokens({ inputTokens, asked }: AskedCall, shared: number): number {
  const characters = asked.text?.length ?? 0
  if (inputTokens === null || characters === 0) return 0
  const tokens = Math.floor((inputTokens * shared) / characters)
  return tokens < SHORTEST_CACHED ? 0 : tokens - (tokens % STEP)
}

/** How many characters all texts begin with alike. */
function sharedLength([first = '', ...others]: readonly string[]): number {
  let length = first.length
  for (const other of others) {
    let same = 0
    while (same < length && first[same] === other[same]) same += 1
    length = same
  }
  return length
}
