import { describe, expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { jsonAnswer, sse, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** 14 tokens of audio and 2 of text in, 45 out. */
const TOKENS = {
  type: 'tokens',
  input_tokens: 16,
  input_token_details: { text_tokens: 2, audio_tokens: 14 },
  output_tokens: 45,
  total_tokens: 61,
}

describe.each(MAJORS)('speech with openai $major', ({ connect }) => {
  test('is charged by the character, and its bytes are the application’s', async () => {
    await using wire = await wireServer({ body: Buffer.from([1, 2, 3]), headers: { 'content-type': 'audio/mpeg' } })
    using watched = watchCalls()
    const spoken = await connect(wire).audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Grüße 👋' })
    expect([...new Uint8Array(await spoken.arrayBuffer())]).toEqual([1, 2, 3])
    expect(await watched.only()).toMatchObject({
      operation: 'speech',
      request: { model: 'tts-1', parameters: { outputType: 'speech' } },
      units: { inputCharacters: 7 },
      // 7 at 15 USD a million.
      picoUsd: 105_000_000n,
    })
  })

  test('of a model that is charged by tokens has no cost, for its bytes tell no usage', async () => {
    await using wire = await wireServer({ body: 'mp3' })
    using watched = watchCalls()
    await connect(wire).audio.speech.create({ model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hi' })
    expect(await watched.only()).toMatchObject({ usageSource: 'none', unpriced: 'no_usage' })
  })

  test('that fails is charged nothing', async () => {
    await using wire = await wireServer(wireError(400, { code: 'invalid_voice' }))
    using watched = watchCalls()
    const call = connect(wire).audio.speech.create({ model: 'tts-1', voice: 'nobody', input: 'Hi' })
    await expect(call).rejects.toThrow()
    const { units, picoUsd, unpriced, outcome } = await watched.only()
    expect([units, picoUsd, unpriced, outcome]).toEqual([
      undefined,
      undefined,
      undefined,
      { kind: 'error', errorType: 'invalid_voice' },
    ])
  })
})

describe.each(MAJORS)('a transcription with openai $major', ({ connect, openai }) => {
  const audio = (): ReturnType<typeof openai.toFile> => openai.toFile(Buffer.from('RIFF'), 'speech.wav')

  test('is charged by tokens, audio apart', async () => {
    await using wire = await wireServer(jsonAnswer({ text: 'Hello', usage: TOKENS }))
    using watched = watchCalls()
    await connect(wire).audio.transcriptions.create({ model: 'gpt-4o-transcribe', file: await audio() })
    expect(await watched.only()).toMatchObject({
      operation: 'transcription',
      request: { model: 'gpt-4o-transcribe' },
      usage: { inputTokens: 16, outputTokens: 45, input: { text: 2, audio: 14 } },
      picoUsd: 490_000_000n,
    })
  })

  test('may be charged by the second', async () => {
    await using wire = await wireServer(jsonAnswer({ text: 'Hello', usage: { type: 'duration', seconds: 9 } }))
    using watched = watchCalls()
    await connect(wire).audio.transcriptions.create({ model: 'whisper-1', file: await audio() })
    // 9 at 0.006 USD a minute.
    const facts = { request: { model: 'whisper-1' }, units: { inputSeconds: 9 }, picoUsd: 900_000_000n }
    expect(await watched.only()).toMatchObject({ ...facts, usageSource: 'none' })
  })

  test('as plain text tells no usage', async () => {
    await using wire = await wireServer({ body: 'Hello', headers: { 'content-type': 'text/plain' } })
    using watched = watchCalls()
    const file = await audio()
    const text = await connect(wire).audio.transcriptions.create({ model: 'whisper-1', file, response_format: 'text' })
    expect(text).toBe('Hello')
    expect(await watched.only()).toMatchObject({ usageSource: 'none', unpriced: 'no_usage' })
  })

  test('into English is a translation', async () => {
    await using wire = await wireServer(jsonAnswer({ text: 'Hello' }))
    using watched = watchCalls()
    await connect(wire).audio.translations.create({ model: 'whisper-1', file: await audio() })
    expect(await watched.only()).toMatchObject({ operation: 'translation', unpriced: 'no_usage' })
  })
})

describe.each(MAJORS.filter(({ major }) => major >= 5))(
  'a streamed transcription with openai $major',
  ({ connect, openai }) => {
    test('has the usage of its last event', async () => {
      const events = [
        sse({ type: 'transcript.text.delta', delta: 'Hello' }),
        sse({ type: 'transcript.text.done', text: 'Hello', usage: TOKENS }),
      ]
      await using wire = await wireServer({ pieces: events })
      using watched = watchCalls()
      const file = await openai.toFile(Buffer.from('RIFF'), 'speech.wav')
      const stream = await connect(wire).audio.transcriptions.create({ model: 'gpt-4o-transcribe', file, stream: true })
      for await (const event of stream) void event
      expect(await watched.only()).toMatchObject({
        request: { model: 'gpt-4o-transcribe', stream: true },
        usage: { inputTokens: 16, outputTokens: 45 },
        chunks: 2,
        picoUsd: 490_000_000n,
      })
    })
  },
)
