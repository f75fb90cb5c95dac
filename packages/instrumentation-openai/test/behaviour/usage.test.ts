import type { Usage } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { CHAT, RESPONSE } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion, response } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const EVERYTHING = {
  prompt_tokens: 300,
  completion_tokens: 200,
  total_tokens: 500,
  prompt_tokens_details: {
    cached_tokens: 100,
    cache_write_tokens: 50,
    audio_tokens: 20,
    text_tokens: 270,
    image_tokens: 10,
  },
  completion_tokens_details: {
    reasoning_tokens: 60,
    audio_tokens: 30,
    text_tokens: 170,
    accepted_prediction_tokens: 40,
    rejected_prediction_tokens: 5,
  },
}

const USAGES: readonly (readonly [sentence: string, reported: unknown, usage: Usage | undefined])[] = [
  [
    'every subset is kept',
    EVERYTHING,
    {
      inputTokens: 300,
      outputTokens: 200,
      cacheReadTokens: 100,
      cacheWriteTokens: 50,
      reasoningTokens: 60,
      acceptedPredictionTokens: 40,
      rejectedPredictionTokens: 5,
      input: { audio: 20, image: 10, text: 270 },
      output: { audio: 30, text: 170 },
    },
  ],
  ['a subset that is absent is not 0', { prompt_tokens: 3, completion_tokens: 4 }, { inputTokens: 3, outputTokens: 4 }],
  [
    'details that are null are absent',
    { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: null, completion_tokens_details: null },
    { inputTokens: 3, outputTokens: 4 },
  ],
  [
    'a total that is no count is left out',
    { prompt_tokens: '3', completion_tokens: 4 },
    { inputTokens: 0, outputTokens: 4 },
  ],
  [
    'a subset never exceeds its total',
    { prompt_tokens: 3, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 99 } },
    { inputTokens: 3, outputTokens: 4, cacheReadTokens: 3 },
  ],
  ['negative and fractional counts are none', { prompt_tokens: -1, completion_tokens: 0.5 }, undefined],
  ['a string is no usage', 'lots', undefined],
  ['a list is no usage', [1, 2], undefined],
  ['null is no usage', null, undefined],
  ['an empty object is no usage', {}, undefined],
]

describe.each(MAJORS)('in the usage of a chat completion with openai $major', ({ connect }) => {
  test.each(USAGES)('%s', async (_, reported, usage) => {
    await using wire = await wireServer(chatCompletion({ usage: reported }))
    using watched = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
    const call = await watched.only()
    expect(call.usage).toStrictEqual(usage)
    expect(call.usageSource).toBe(usage ? 'provider' : 'none')
  })
})

describe.each(MAJORS)('the usage of a Responses call with openai $major', ({ connect }) => {
  test('keeps what was cached, written to the cache and spent on reasoning', async () => {
    const usage = {
      input_tokens: 300,
      output_tokens: 200,
      input_tokens_details: { cached_tokens: 100, cache_write_tokens: 50 },
      output_tokens_details: { reasoning_tokens: 60 },
    }
    await using wire = await wireServer(response({ usage }))
    using watched = watchCalls()
    await connect(wire).responses.create(RESPONSE)
    expect((await watched.only()).usage).toStrictEqual({
      inputTokens: 300,
      outputTokens: 200,
      cacheReadTokens: 100,
      cacheWriteTokens: 50,
      reasoningTokens: 60,
    })
  })
})
