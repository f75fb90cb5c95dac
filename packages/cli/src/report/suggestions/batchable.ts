import { groupedBy, plural, taskOf } from '../grouping.ts'
import { dearestOf, type Pricing } from '../pricing.ts'
import { MOST_NAMED, type Suggestion } from '../suggestion.ts'
import type { AskedCall } from '../../viewer/client.ts'

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

/** Calls in bulk for nobody who waits: no stream, no session, no user. The batch API takes them for less. */
export function batchable(calls: readonly AskedCall[], pricing: Pricing): readonly Suggestion[] {
  const unhurried = calls.filter(
    ({ status, asked, session, user, operation, timeToFirstChunk }) =>
      status === 'success' &&
      !asked.isStream &&
      timeToFirstChunk === null &&
      session === null &&
      user === null &&
      OPERATIONS.has(operation),
  )
  const groups = groupedBy(unhurried, (call) => `${call.model} · ${taskOf(call)}`)
  return [...groups].flatMap(([task, group]) => (group.length < FEWEST_CALLS ? [] : suggestionOf(task, group, pricing)))
}

function suggestionOf(task: string, group: readonly AskedCall[], pricing: Pricing): readonly Suggestion[] {
  let saved = 0n
  const cheaper: AskedCall[] = []
  for (const call of group) {
    const now = pricing.costBy(pricing.cardOf(call), call)
    const then = pricing.costBy(pricing.cardOf(call, { tier: 'batch' }), call)
    if (now === undefined || then === undefined || then >= now) continue
    saved += now - then
    cheaper.push(call)
  }
  if (cheaper.length === 0) return []
  return [
    {
      kind: 'batchable',
      advice: `Send ${task} through the batch API, if its answers may come within a day.`,
      evidence: `${plural(cheaper.length, 'call')} for no user and no session, none of them a stream.`,
      calls: dearestOf(cheaper, MOST_NAMED),
      count: cheaper.length,
      savedPicoUsd: saved,
      certainty: 'guess',
      because: 'The prices of batches are known; whether somebody waits for the answers is not.',
    },
  ]
}
