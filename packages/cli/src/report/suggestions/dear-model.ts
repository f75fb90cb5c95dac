import { groupedBy, plural, taskOf } from '../grouping.ts'
import { dearestOf, type Pricing } from '../pricing.ts'
import { MOST_NAMED, type Suggestion } from '../suggestion.ts'
import type { AskedCall } from '../../viewer/client.ts'

/** How much dearer a model must be than its sibling. */
const TIMES_DEARER = 3n
/** Answers that are longer on average may need the larger model. */
const LONGEST_ANSWER = 256
/** One call shows no shape. */
const FEWEST_CALLS = 3
/** Endings by which OpenAI names the smaller siblings of a model. */
const SMALLER = ['mini', 'nano'] as const

/** A task of short answers is done by a model that has a much cheaper sibling. */
export function dearModel(calls: readonly AskedCall[], pricing: Pricing): readonly Suggestion[] {
  const answered = calls.filter(({ status, outputTokens }) => status === 'success' && outputTokens !== null)
  const groups = groupedBy(answered, (call) => (call.model === null ? undefined : `${call.model}\n${taskOf(call)}`))
  return [...groups].flatMap(([key, group]) => {
    const [model = '', task = ''] = key.split('\n')
    return group.length < FEWEST_CALLS || meanAnswer(group) > LONGEST_ANSWER
      ? []
      : suggestionOf(model, task, group, pricing)
  })
}

const meanAnswer = (calls: readonly AskedCall[]): number =>
  calls.reduce((sum, { outputTokens }) => sum + (outputTokens ?? 0), 0) / calls.length

function suggestionOf(
  model: string,
  task: string,
  group: readonly AskedCall[],
  pricing: Pricing,
): readonly Suggestion[] {
  const sibling = siblingOf(model, group, pricing)
  if (!sibling) return []
  const { now, cheaper } = sibling
  return [
    {
      kind: 'dear_model',
      advice: `Try ${sibling.model} for ${task}, which ${model} does today.`,
      evidence: `${plural(group.length, 'answer')} of ${Math.round(meanAnswer(group))} tokens on average; the same tokens of ${sibling.model} cost 1/${now / cheaper} of that.`,
      calls: dearestOf(group, MOST_NAMED),
      count: group.length,
      savedPicoUsd: now - cheaper,
      certainty: 'guess',
      because:
        'Whether its answers are good enough, only a comparison tells; and it may answer in more or fewer tokens.',
    },
  ]
}

interface Sibling {
  readonly model: string
  readonly now: bigint
  readonly cheaper: bigint
}

function siblingOf(model: string, group: readonly AskedCall[], pricing: Pricing): Sibling | undefined {
  for (const candidate of SMALLER.map((ending) => `${baseOf(model)}-${ending}`)) {
    let [now, cheaper] = [0n, 0n]
    for (const call of group) {
      const today = pricing.costBy(pricing.cardOf(call), call)
      const otherwise = pricing.costBy(pricing.cardOf(call, { model: candidate }), call)
      if (today === undefined || otherwise === undefined) continue
      now += today
      cheaper += otherwise
    }
    if (cheaper > 0n && now >= TIMES_DEARER * cheaper) return { model: candidate, now, cheaper }
  }
  return undefined
}

/** A name without the date of its version: `gpt-4o` of `gpt-4o-2024-08-06`. */
const baseOf = (model: string): string => model.replace(/-\d{4}-\d{2}-\d{2}$/, '')
