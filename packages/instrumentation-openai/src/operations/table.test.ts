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
  ['get', '/responses/resp_1', 'response_retrieval'],
  ['get', '/responses/resp_1?beta=true', 'response_retrieval'],
  ['post', '/responses/input_tokens', 'token_count'],
  ['post', '/responses/compact?beta=true', 'compaction'],
  ['post', '/videos/edits', 'video'],
  ['post', '/videos/video_1/remix', 'video'],
  ['post', 'https://mine.openai.azure.com/openai/v1/vector_stores/vs_1/search', 'search'],
])('%s %s is a %s', (method, path, operation) => {
  expect(findOperation(method, path)?.row.operation).toBe(operation)
})

test.each([
  ['get', '/chat/completions'],
  ['get', '/responses'],
  ['get', '/responses/resp_1/input_items'],
  ['get', '/videos/video_1/content'],
  ['post', '/responses/resp_1/cancel'],
  ['delete', '/responses/resp_1'],
  ['post', '/chat'],
  ['get', '/models'],
  ['post', '/'],
  ['post', ''],
  [undefined, '/responses'],
  ['post', undefined],
  ['post', 5],
])('%s %s is nothing that is measured', (method, path) => {
  expect(findOperation(method, path)).toBeUndefined()
})

test('ids in the path and the query are handed over', () => {
  const query = { stream: true }
  expect(findOperation('get', '/responses/resp_1', query)?.target).toEqual({
    ids: ['resp_1'],
    query,
    route: 'GET /responses/{}',
  })
})

test.each([
  ['get', '/files/file-abc/content', 'GET /files/{}/content'],
  ['delete', '/models/ft:gpt-4o:acme', 'DELETE /models/{}'],
  ['get', 'https://api.openai.com/v1/models/whisper', 'GET /{}/models/{}'],
  ['post', '/a/b/c/d/e/f/g/h/i/j', 'POST /a/b/c/d/e/f/g/h'],
])('with administration, %s %s is %s', (method, path, route) => {
  expect(findOperation(method, path, undefined, true)).toMatchObject({
    row: { operation: 'administration' },
    target: { route },
  })
})
