import { plainRow } from './one-answer.ts'
import type { OperationRow } from './row.ts'

/** Whatever manages things and is not charged by the call: files, models, fine-tuning, evals … */
export const administration: OperationRow = plainRow({
  operation: 'administration',
  readRequest: (_body, { route }) => ({ stream: false, parameters: { route }, inputIsText: true, outputIsText: true }),
  readAnswer: () => ({ response: {}, billed: false }),
})

/** Words of the API are lower-case; ids have digits, capitals, dashes or dots in them. What follows `models` is a name. */
const WORD = /^[a-z]+(?:_[a-z]+)*$/
/** Versions and words that base URLs put in front. */
const MOST_SEGMENTS = 8

/** Method and path of a request with its ids taken out, so that there are few of them: `GET /files/{}/content`. */
export function routeOf(method: string, segments: readonly string[]): string {
  const path = segments
    .slice(0, MOST_SEGMENTS)
    .map((segment, index) => (WORD.test(segment) && segments[index - 1] !== 'models' ? segment : '{}'))
  return `${method} /${path.join('/')}`
}
