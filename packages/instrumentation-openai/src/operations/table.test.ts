import { expect, test } from 'vitest'
import { findOperation } from './table.ts'

test.each([
  ['post', '/chat/completions', 'chat_completion'],
  ['post', '/responses', 'response'],
  ['post', '/completions', 'completion'],
  ['post', '/embeddings', 'embedding'],
  ['POST', '/chat/completions', 'chat_completion'],
  ['post', '/chat/completions/', 'chat_completion'],
  ['post', '/chat/completions?api-version=1#top', 'chat_completion'],
  ['post', 'https://example.com/v1/responses', 'response'],
  ['post', '/openai/deployments/mine/chat/completions?api-version=2024-10-21', 'chat_completion'],
  ['post', '/deployments/mine/completions', 'completion'],
])('%s %s is a %s', (method, path, operation) => {
  expect(findOperation(method, path)?.operation).toBe(operation)
})

test.each([
  ['get', '/chat/completions'],
  ['get', '/responses'],
  ['post', '/responses/resp_1/cancel'],
  ['delete', '/responses/resp_1'],
  ['post', '/chat'],
  ['post', '/moderations'],
  ['get', '/models'],
  ['post', '/'],
  ['post', ''],
  [undefined, '/responses'],
  ['post', undefined],
  ['post', 5],
])('%s %s is nothing that is measured', (method, path) => {
  expect(findOperation(method, path)).toBeUndefined()
})
