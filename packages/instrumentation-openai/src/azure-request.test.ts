import type { CallRequest } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAzureRequest } from './azure-request.ts'
import { destinationOf } from './provider.ts'

const REQUEST: CallRequest = { model: 'mine', stream: false, parameters: {}, inputIsText: true, outputIsText: true }
const AZURE = 'https://mine.openai.azure.com/openai'

const read = (path: unknown, query?: unknown, baseURL: unknown = AZURE, more: object = {}): readonly unknown[] => {
  const client = { baseURL, apiVersion: '', ...more }
  const options = { method: 'post', path, query }
  const { deployment, apiVersion } = readAzureRequest(
    'chat_completion',
    REQUEST,
    client,
    options,
    destinationOf(client, path),
  )
  return [deployment, apiVersion]
}

test.each([
  ['/chat/completions', AZURE, 'mine'],
  ['/deployments/other/chat/completions', AZURE, 'other'],
  ['/deployments/my%20own/chat/completions', AZURE, 'my own'],
  ['/deployments/100%/chat/completions', AZURE, '100%'],
  ['/deployments', AZURE, 'mine'],
  ['/chat/completions', `${AZURE}/deployments/other`, 'other'],
  ['/deployments/third/chat/completions', `${AZURE}/deployments/other`, 'third'],
  ['/chat/completions', 'https://deployments.example.com/openai', 'mine'],
  ['/chat/completions', 'https://llm.example.com/deployments-proxy/openai', 'mine'],
  [`${AZURE}/deployments/whole/chat/completions?api-version=1`, AZURE, 'whole'],
])('the deployment that is asked at %s of %s is %s', (path, baseURL, deployment) => {
  expect(read(path, undefined, baseURL)[0]).toBe(deployment)
})

test.each([
  ['the query of the request', '/chat/completions?api-version=3', { 'api-version': '1' }, '1'],
  ['what the client always sends', '/chat/completions?api-version=3', {}, '2'],
])('the version of the API is that of %s', (_, path, query, apiVersion) => {
  const client = { _options: { defaultQuery: { 'api-version': '2' } } }
  expect(read(path, query, AZURE, client)).toEqual(['mine', apiVersion])
})

test.each([
  ['in the path', '/chat/completions?x=1&api-version=3', AZURE],
  ['in the address of the client', '/chat/completions', `${AZURE}?api-version=3`],
  ['in a whole address as path', `${AZURE}/chat/completions?api-version=3`, AZURE],
])('the version of the API may be %s', (_, path, baseURL) => {
  expect(read(path, undefined, baseURL)).toEqual(['mine', '3'])
})

test('the undated API has no version', () => {
  expect(read('/chat/completions', { 'api-version': '' }, `${AZURE}/v1`)).toEqual(['mine', undefined])
})

test('no path, query or address makes it throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.webUrl(),
    fc.constantFrom('%', '/deployments/%', '?api-version=%'),
  )
  const anything = fc.oneof(
    fc.anything(),
    text,
    fc.array(text).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(anything, fc.anything(), anything, fc.anything(), (path, query, baseURL, _options) => {
      expect(read(path, query, baseURL, { _options })).toHaveLength(2)
    }),
  )
})
