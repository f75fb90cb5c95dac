import { expect, test } from 'vitest'
import { ServedBook, statusOf } from '../src/served.ts'

test('attempts of one call are one call', () => {
  const book = new ServedBook()
  book.begin('/v1/chat/completions {"a":1}', 0, 'gpt-4.1-mini').statuses.push(429)
  book.begin('/v1/chat/completions {"b":2}', 0, 'gpt-4.1-mini').statuses.push(200)
  book.begin('/v1/chat/completions {"a":1}', 1, 'gpt-4.1-mini').statuses.push(200)
  expect(book.calls.map(({ statuses }) => statuses)).toEqual([[429, 200], [200]])
})

test('the same request sent twice is two calls', () => {
  const book = new ServedBook()
  book.begin('/v1/embeddings {}', 0, 'text-embedding-3-small')
  book.begin('/v1/embeddings {}', 0, 'text-embedding-3-small')
  expect(book.calls).toHaveLength(2)
})

test.each([
  [[200], false, 'success'],
  [[429, 200], false, 'success'],
  [[200], true, 'cancelled'],
  [[429, 429, 429], false, 'rate_limit'],
  [[400], false, 'error'],
  [[], true, 'cancelled'],
] as const)('attempts %j, cut off: %s, ended as %s', (statuses, cut, status) => {
  expect(statusOf({ model: 'gpt-4.1-mini', statuses: [...statuses], cut })).toBe(status)
})
