import { costOfAll, dearestOf } from '../pricing.ts'
import { groupedBy, plural } from '../grouping.ts'
import { MOST_NAMED, type Suggestion } from '../suggestion.ts'
import type { AskedCall } from '../../viewer/client.ts'

/** The same was asked of the same model again: all but the first answer could have come from a cache of the application. */
export function repeatedPrompts(calls: readonly AskedCall[]): readonly Suggestion[] {
  const answered = calls.filter(({ status }) => status === 'success')
  const groups = groupedBy(answered, ({ asked, model, operation }) =>
    asked.text === null ? undefined : JSON.stringify([model, operation, asked.temperature, asked.text]),
  )
  const repeats = [...groups.values()].filter((group) => group.length > 1)
  const again = repeats.flatMap((group) => group.toSorted((a, b) => a.start - b.start).slice(1))
  if (again.length === 0) return []
  const isSettled = again.every(({ asked }) => asked.temperature === 0)
  return [
    {
      kind: 'repeated_prompts',
      advice: 'Keep the answers to prompts that are asked again in a cache of your own.',
      evidence: `${plural(again.length, 'call')} asked what had been asked before, word for word: ${plural(repeats.length, 'prompt')}.`,
      calls: dearestOf(again, MOST_NAMED),
      count: again.length,
      savedPicoUsd: costOfAll(again),
      certainty: isSettled ? 'exact' : 'estimate',
      because: isSettled
        ? 'All of them asked with temperature 0, so that the same answer is wanted.'
        : 'Some asked with a temperature above 0, or with none: a new answer may have been wanted.',
    },
  ]
}
