import { expect, test } from 'vitest'
import type { Destination } from './provider.ts'
import { StreamUsage } from './stream-usage.ts'

const BODY = { model: 'gpt-4o-mini', stream: true, messages: [] }

const host = (address: string, port = 443): Destination => ({
  provider: 'openai',
  server: { address, port },
  hasDeployments: false,
  url: new URL(`https://${address}:${port}/v1`),
})

const asks = (destination: Destination, body: unknown = BODY, apiVersion?: string): boolean =>
  new StreamUsage().ask(body, destination, apiVersion) !== undefined

test.each([
  ['api.openai.com', true],
  ['eu.api.openai.com', true],
  ['api.deepseek.com', true],
  ['api.groq.com', true],
  ['api.openai.com.example.org', false],
  ['notapi.openai.community', false],
  ['localhost', false],
  ['api.mistral.ai', false],
])('a stream of %s is asked: %s', (address, isAsked) => {
  expect(asks(host(address))).toBe(isAsked)
})

test.each([
  ['/openai/deployments/mine', '2024-06-01', false],
  ['/openai/deployments/mine', '2024-08-01-preview', false],
  ['/openai/deployments/mine', '2024-09-01-preview', true],
  ['/openai/deployments/mine', '2024-10-21', true],
  ['/openai/v1/', 'preview', true],
  ['/openai/v1/', undefined, true],
  ['/openai/deployments/mine', undefined, false],
])('a stream of Azure at %s with version %s is asked: %s', (path, apiVersion, isAsked) => {
  const azure = { ...host('me.example.org'), hasDeployments: true, url: new URL(path, 'https://me.example.org') }
  expect(asks(azure, BODY, apiVersion)).toBe(isAsked)
})

class Own {
  stream = true
}

test.each([
  ['a class', new Own()],
  ['a list', [{ stream: true }]],
  ['a text', '{"stream":true}'],
  ['nothing', null],
  ['an object that writes itself', { ...BODY, toJSON: () => ({}) }],
  ['no stream', { ...BODY, stream: 1 }],
  ['odd stream options', { ...BODY, stream_options: 'usage' }],
])('a body that is %s is left alone', (_, body) => {
  expect(asks(host('api.openai.com'), body)).toBe(false)
})

test('no more than a thousand hosts are remembered', () => {
  const usage = new StreamUsage({ streamUsageHosts: ['127.0.0.1'] })
  const refuse = (port: number): boolean => {
    const question = usage.ask(BODY, host('127.0.0.1', port), undefined)
    return question?.repeatsAfter({ status: 400, message: 'stream_options' }) ?? false
  }
  expect(refuse(1)).toBe(true)
  expect(refuse(1)).toBe(false)
  for (let port = 2; port <= 1001; port++) refuse(port)
  expect(refuse(1)).toBe(true)
})
