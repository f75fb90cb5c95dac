import type { Call } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { chatCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const PLAIN = chatCall().request
const asking = (parameters: Call['request']['parameters']): Call['request'] => ({ ...PLAIN, parameters })

const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
const schema = { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' } } }

const REQUESTS: readonly (readonly [sentence: string, body: object, request: Call['request']])[] = [
  ['nothing asked is nothing said', {}, PLAIN],
  [
    'sampling parameters are as sent',
    { temperature: 0.2, top_p: 0.9, frequency_penalty: 0.5, presence_penalty: -0.5, seed: 7 },
    asking({ temperature: 0.2, topP: 0.9, frequencyPenalty: 0.5, presencePenalty: -0.5, seed: 7 }),
  ],
  ['the newer limit wins', { max_tokens: 5, max_completion_tokens: 6 }, asking({ maxTokens: 6 })],
  ['the older limit counts where it is alone', { max_tokens: 5 }, asking({ maxTokens: 5 })],
  ['one stop sequence is a list of one', { stop: 'END' }, asking({ stopSequences: ['END'] })],
  ['stop sequences are a list', { stop: ['A', 'B'] }, asking({ stopSequences: ['A', 'B'] })],
  ['no stop sequences are nothing said', { stop: [] }, PLAIN],
  ['what should be a whole number and is none is left out', { max_tokens: 2.5, seed: 1.5, n: 0.5 }, PLAIN],
  ['several choices are said', { n: 3 }, asking({ choiceCount: 3 })],
  ['one choice is not worth saying', { n: 1 }, PLAIN],
  ['reasoning effort is as sent', { reasoning_effort: 'high' }, asking({ reasoningLevel: 'high' })],
  ['a service tier is said', { service_tier: 'flex' }, asking({ serviceTier: 'flex' })],
  ['the tier auto is no wish', { service_tier: 'auto' }, PLAIN],
  ['a JSON schema asks for JSON', { response_format: schema }, asking({ outputType: 'json' })],
  ['a JSON object asks for JSON', { response_format: { type: 'json_object' } }, asking({ outputType: 'json' })],
  ['text may be asked for', { response_format: { type: 'text' } }, asking({ outputType: 'text' })],
  [
    'audio output is speech, and not only text',
    { modalities: ['text', 'audio'], audio: { voice: 'ash', format: 'wav' } },
    { ...asking({ outputType: 'speech' }), outputIsText: false },
  ],
  [
    'an image among the messages is not text',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is it?' }, image] }] },
    { ...PLAIN, inputIsText: false },
  ],
  [
    'parts that are all text are text',
    { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] },
    PLAIN,
  ],
]

describe.each(MAJORS)('in the request of a chat completion with openai $major', ({ connect }) => {
  test.each(REQUESTS)('%s', async (_, body, request) => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await connect(wire).chat.completions.create({ ...CHAT, ...body })
    expect((await watched.only()).request).toStrictEqual(request)
  })
})
