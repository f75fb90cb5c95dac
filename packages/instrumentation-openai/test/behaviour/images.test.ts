import { describe, expect, test } from 'vitest'
import { served, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { jsonAnswer, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const IMAGE = { created: 1795478400, data: [{ b64_json: 'aGk=' }] }
/** 50 text and 194 image tokens in, 1056 out. */
const USAGE = {
  input_tokens: 244,
  input_tokens_details: { text_tokens: 50, image_tokens: 194 },
  output_tokens: 1056,
  total_tokens: 1300,
}

describe.each(MAJORS)('an image with openai $major', ({ connect, openai, major }) => {
  test('is charged by its tokens, all output being image', async () => {
    await using wire = await wireServer(jsonAnswer({ ...IMAGE, usage: USAGE }))
    using watched = watchCalls()
    await connect(wire).images.generate({ model: 'gpt-image-1', prompt: 'a cat', n: 2, size: '1024x1024' })
    expect(await watched.only()).toStrictEqual({
      operation: 'image',
      provider: 'openai',
      server: '127.0.0.1',
      request: {
        model: 'gpt-image-1',
        stream: false,
        parameters: { outputType: 'image', choiceCount: 2 },
        inputIsText: true,
        outputIsText: false,
        variant: { size: '1024x1024' },
      },
      response: {},
      usage: { inputTokens: 244, outputTokens: 1056, input: { text: 50, image: 194 }, output: { image: 1056 } },
      usageSource: 'provider',
      // 50 at 5 USD a million, 194 at 10, 1056 at 40.
      picoUsd: 44_430_000_000n,
      attempts: [served()],
      chunks: 0,
      outcome: { kind: 'success' },
    })
  })

  test.each([
    ['dall-e-3', { quality: 'hd', size: '1024x1792' }, 120_000_000_000n],
    ['dall-e-3', {}, 40_000_000_000n],
    ['dall-e-2', { size: '512x512' }, 18_000_000_000n],
  ] as const)('of %s %j is charged apiece', async (model, parameters, picoUsd) => {
    await using wire = await wireServer(jsonAnswer(IMAGE))
    using watched = watchCalls()
    await connect(wire).images.generate({ model, prompt: 'a cat', ...parameters })
    expect(await watched.only()).toMatchObject({ units: { outputImages: 1 }, usageSource: 'none', picoUsd })
  })

  test('of a size nobody lists has no cost, and says so', async () => {
    await using wire = await wireServer(jsonAnswer(IMAGE))
    using watched = watchCalls()
    await connect(wire).images.generate({ model: 'dall-e-3', prompt: 'a cat', size: '256x256' })
    expect(await watched.only()).toMatchObject({ unpriced: 'unknown_unit' })
  })

  test('edited is an upload that is sent as it would be, and read by its texts only', async () => {
    await using wire = await wireServer(jsonAnswer({ ...IMAGE, usage: USAGE }))
    using watched = watchCalls()
    const image = await openai.toFile(Buffer.from('a picture'), 'cat.png', { type: 'image/png' })
    await connect(wire).images.edit({ model: 'gpt-image-1', image, prompt: 'a dog' })
    const call = await watched.only()
    expect(call).toMatchObject({ operation: 'image', usage: { inputTokens: 244 }, outcome: { kind: 'success' } })
    // The client of v4 sends forms as streams, in which the model cannot be seen.
    if (major === 4) expect(call.unpriced).toBe('unknown_model')
    else expect(call.picoUsd).toBe(44_430_000_000n)
    expect(wire.requests[0]?.body).toContain('a picture')
  })
})

describe.each(MAJORS.filter(({ major }) => major >= 5))('a streamed image with openai $major', ({ connect }) => {
  test('has the usage of its last event, and every event is a chunk', async () => {
    const events = [
      sse(
        { type: 'image_generation.partial_image', b64_json: 'aA==', partial_image_index: 0 },
        'image_generation.partial_image',
      ),
      sse({ type: 'image_generation.completed', b64_json: 'aGk=', usage: USAGE }, 'image_generation.completed'),
    ]
    await using wire = await wireServer({ pieces: events })
    using watched = watchCalls()
    const stream = await connect(wire).images.generate({ model: 'gpt-image-1', prompt: 'a cat', stream: true })
    for await (const event of stream) void event
    expect(await watched.only()).toMatchObject({
      request: { model: 'gpt-image-1', stream: true },
      usage: { inputTokens: 244, outputTokens: 1056 },
      chunks: 2,
      picoUsd: 44_430_000_000n,
    })
  })
})
