import { describe, expect, test } from 'vitest'
import { type CallFacts, chatCall, QUOTA, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { completion, COMPLETION_USAGE, completionStream } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const COMPLETION = { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi' }

/** 5 input tokens at 1.5 USD a million and 7 output tokens at 2. */
const EXPECTED: CallFacts = {
  ...chatCall({ operation: 'completion', picoUsd: 21_500_000n, usage: { inputTokens: 5, outputTokens: 7 } }),
  request: {
    model: 'gpt-3.5-turbo-instruct',
    stream: false,
    parameters: { maxTokens: 64, temperature: 0.5, topP: 0.9, stopSequences: ['END'], choiceCount: 2, seed: 3 },
    inputIsText: true,
    outputIsText: true,
  },
  response: { id: 'cmpl-1', model: 'gpt-3.5-turbo-instruct', finishReasons: ['stop'] },
  attempts: [{ status: 200, requestId: 'req_1', rateLimit: QUOTA }],
}

const PARAMETERS = { max_tokens: 64, temperature: 0.5, top_p: 0.9, stop: 'END', n: 2, seed: 3 }

describe.each(MAJORS)('a legacy completion with openai $major', ({ connect }) => {
  test('is a call with its parameters, usage and cost', async () => {
    await using wire = await wireServer(completion())
    using watched = watchCalls()
    await connect(wire).completions.create({ ...COMPLETION, ...PARAMETERS })
    expect(await watched.only()).toStrictEqual(EXPECTED)
  })

  test('is the same call when it is streamed, with its chunks', async () => {
    await using wire = await wireServer(completionStream([' Hello', ', world'], { usage: COMPLETION_USAGE }))
    using watched = watchCalls()
    const stream = await connect(wire).completions.create({ ...COMPLETION, ...PARAMETERS, stream: true })
    expect(await readAll(stream)).toBe(4)
    const request = { ...EXPECTED.request, stream: true }
    expect(await watched.only()).toStrictEqual({ ...EXPECTED, request, chunks: 4 })
  })
})
