import type { AskedCall } from '../../viewer/client.ts'
import { plural, taskOf } from '../grouping.ts'
import type { Pricing } from '../pricing.ts'
import type { Search, Suggestion } from '../suggestion.ts'
import { Tally, valueOf } from '../tally.ts'

/** How much dearer a model must be than its sibling. */
const TIMES_DEARER = 3n
/** Answers that are longer on average may need the larger model. */
const LONGEST_ANSWER = 256
/** One call shows no shape. */
const FEWEST_CALLS = 3
/** Endings by which OpenAI names the smaller siblings of a model. */
const SMALLER = ['mini', 'nano'] as const

/** The calls of one task that one model has answered. */
interface Group {
  readonly model: string
  readonly task: string
  readonly calls: Tally
  outputTokens: number
  readonly siblings: readonly Sibling[]
}

/** 10⁻¹² USD of the calls that have a price with both models. */
interface Sibling {
  readonly model: string
  now: bigint
  cheaper: bigint
}

/** A task of short answers is done by a model that has a much cheaper sibling. */
export class DearModel implements Search {
  readonly #pricing: Pricing
  readonly #groups = new Map<string, Group>()

  constructor(pricing: Pricing) {
    this.#pricing = pricing
  }

  look(call: AskedCall): void {
    const { model, status, outputTokens } = call
    if (status !== 'success' || outputTokens === null || model === null) return
    const task = taskOf(call)
    const group = valueOf(this.#groups, `${model}\n${task}`, () => newGroup(model, task))
    group.calls.add(call)
    group.outputTokens += outputTokens
    const today = this.#pricing.costBy(this.#pricing.cardOf(call), call)
    if (today === undefined) return
    for (const sibling of group.siblings) {
      const otherwise = this.#pricing.costBy(this.#pricing.cardOf(call, { model: sibling.model }), call)
      if (otherwise === undefined) continue
      sibling.now += today
      sibling.cheaper += otherwise
    }
  }

  get suggestions(): readonly Suggestion[] {
    return [...this.#groups.values()].flatMap(suggestionOf)
  }
}

function newGroup(model: string, task: string): Group {
  const siblings = SMALLER.map((ending) => ({ model: `${baseOf(model)}-${ending}`, now: 0n, cheaper: 0n }))
  return { model, task, calls: new Tally(), outputTokens: 0, siblings }
}

function suggestionOf({ model, task, calls, outputTokens, siblings }: Group): readonly Suggestion[] {
  const meanAnswer = outputTokens / calls.count
  if (calls.count < FEWEST_CALLS || meanAnswer > LONGEST_ANSWER) return []
  const sibling = siblings.find(({ now, cheaper }) => cheaper > 0n && now >= TIMES_DEARER * cheaper)
  if (!sibling) return []
  const { now, cheaper } = sibling
  return [
    {
      kind: 'dear_model',
      advice: `Try ${sibling.model} for ${task}, which ${model} does today.`,
      evidence: `${plural(calls.count, 'answer')} of ${Math.round(meanAnswer)} tokens on average; the same tokens of ${sibling.model} cost 1/${now / cheaper} of that.`,
      calls: calls.named,
      count: calls.count,
      savedPicoUsd: now - cheaper,
      certainty: 'guess',
      because:
        'Whether its answers are good enough, only a comparison tells; and it may answer in more or fewer tokens.',
    },
  ]
}

/** A name without the date of its version: `gpt-4o` of `gpt-4o-2024-08-06`. */
const baseOf = (model: string): string => model.replace(/-\d{4}-\d{2}-\d{2}$/, '')
