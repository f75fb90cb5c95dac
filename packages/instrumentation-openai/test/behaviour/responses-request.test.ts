import type { Call } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { RESPONSE } from '../harmless/scenario.ts'
import { responseCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { response } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const PLAIN = responseCall().request
const asking = (parameters: Call['request']['parameters']): Call['request'] => ({ ...PLAIN, parameters })
const remembering = (parameters: Call['request']['parameters']): Call['request'] => ({
  ...asking(parameters),
  inputIsText: false,
})

const image = { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'auto' }
const toolOutput = (output: unknown): object => ({ type: 'function_call_output', call_id: 'call_1', output })

const REQUESTS: readonly (readonly [sentence: string, body: object, request: Call['request']])[] = [
  ['nothing asked is nothing said', {}, PLAIN],
  ['sampling parameters are as sent', { temperature: 0.2, top_p: 0.9 }, asking({ temperature: 0.2, topP: 0.9 })],
  ['the limit of the output is as sent', { max_output_tokens: 64 }, asking({ maxTokens: 64 })],
  ['reasoning effort is as sent', { reasoning: { effort: 'low' } }, asking({ reasoningLevel: 'low' })],
  ['a service tier is said', { service_tier: 'priority' }, asking({ serviceTier: 'priority' })],
  ['a text format may ask for JSON', { text: { format: { type: 'json_object' } } }, asking({ outputType: 'json' })],
  [
    'an earlier response brings input that nobody here sees',
    { previous_response_id: 'resp_0' },
    remembering({ previousResponseId: 'resp_0' }),
  ],
  ['a conversation is named by its id', { conversation: 'conv_1' }, remembering({ conversationId: 'conv_1' })],
  ['a conversation may be an object', { conversation: { id: 'conv_1' } }, remembering({ conversationId: 'conv_1' })],
  [
    'a stored prompt has a name and a version',
    { prompt: { id: 'pmpt_1', version: '2' } },
    remembering({ promptName: 'pmpt_1', promptVersion: '2' }),
  ],
  [
    'an item in the place of a conversation says that it was made shorter',
    { input: [{ type: 'compaction', encrypted_content: 'e' }] },
    remembering({ compacted: true }),
  ],
  [
    'an image in the input is not text',
    { input: [{ role: 'user', content: [{ type: 'input_text', text: 'What is it?' }, image] }] },
    { ...PLAIN, inputIsText: false },
  ],
  ['what a tool gave back is text', { input: [toolOutput('{"ok":true}')] }, PLAIN],
  ['an image that a tool gave back is not', { input: [toolOutput([image])] }, { ...PLAIN, inputIsText: false }],
  ['a tool that makes images', { tools: [{ type: 'image_generation' }] }, { ...PLAIN, outputIsText: false }],
]

describe.each(MAJORS)('in the request of a Responses call with openai $major', ({ connect }) => {
  test.each(REQUESTS)('%s', async (_, body, request) => {
    await using wire = await wireServer(response())
    using watched = watchCalls()
    await connect(wire).responses.create({ ...RESPONSE, ...body } as typeof RESPONSE)
    expect((await watched.only()).request).toStrictEqual(request)
  })
})
