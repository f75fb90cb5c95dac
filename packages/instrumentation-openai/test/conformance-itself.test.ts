import { expect, test } from 'vitest'
import type { EmittedSpan } from '../../meter/semconv/emitted.ts'
import { Exchanges } from './conformance/exchanges.ts'
import { wireDifferences } from './conformance/wire-differences.ts'
import { CHAT, type Scenario } from './harmless/scenario.ts'
import { chatCompletion } from './support/wire-answers.ts'
import { type Step, wireServer } from './support/wire-server.ts'

/*
 * The comparison of spans with what went over the wire is worth nothing unless it can fail: here are spans of a careless instrumentation.
 */

const USAGE = { prompt_tokens: 10, completion_tokens: 5 }
const TOLD = {
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': CHAT.model,
  'gen_ai.request.seed': 7,
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
  'gen_ai.response.finish_reasons': ['stop'],
  'openai.response.service_tier': 'default',
  'openai.response.system_fingerprint': 'fp_44709d6fcb',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 5,
  'ai.status': 'success',
  'ai.request_id': 'req_1',
}

/** What is found in a span of one chat completion with a seed, whose attributes are those. */
async function differences(attributes: EmittedSpan['attributes']): Promise<readonly string[]> {
  const exchanges = new Exchanges()
  const chat: Scenario = { name: 'chat', script: chatCompletion({ usage: USAGE }), run: async () => {} }
  const [{ script } = chat] = exchanges.noting([chat])
  await using wire = await wireServer(script as Step)
  await fetch(`${wire.url}/chat/completions`, { method: 'POST', body: JSON.stringify({ ...CHAT, seed: 7 }) })
  const span: EmittedSpan = {
    name: 'chat gpt-4o-mini',
    kind: 'client',
    status: 'unset',
    attributes: { ...attributes, 'server.port': wire.port },
    events: [],
  }
  const { compared, found } = wireDifferences([span], exchanges)
  expect(compared.requests).toBe(1)
  return found.get('chat') ?? []
}

test('a span that says what the wire said does not differ', async () => {
  expect(await differences(TOLD)).toEqual([])
})

test('a value that the request carried and the span does not is found', async () => {
  const { 'gen_ai.request.seed': _, ...rest } = TOLD
  expect(await differences(rest)).toEqual(['gen_ai.request.seed is undefined, on the wire 7'])
})

test('a value that the answer did not have is found', async () => {
  expect(await differences({ ...TOLD, 'gen_ai.usage.input_tokens': 11 })).toEqual([
    'gen_ai.usage.input_tokens is 11, on the wire 10',
  ])
})

test('a value that nobody sent is found', async () => {
  expect(await differences({ ...TOLD, 'gen_ai.request.temperature': 1 })).toEqual([
    'gen_ai.request.temperature is 1, on the wire undefined',
  ])
})

test('a first chunk of what was no stream is found', async () => {
  expect(await differences({ ...TOLD, 'gen_ai.response.time_to_first_chunk': 0.5 })).toEqual([
    'gen_ai.response.time_to_first_chunk is 0.5',
  ])
})

test('of a call that failed only the request is compared', async () => {
  const { 'gen_ai.response.id': _, ...rest } = TOLD
  expect(await differences({ ...rest, 'ai.status': 'error' })).toEqual([])
})
