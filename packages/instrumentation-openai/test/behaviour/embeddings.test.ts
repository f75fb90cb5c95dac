import { describe, expect, test } from 'vitest'
import { EMBEDDING } from '../harmless/scenario.ts'
import { type CallFacts, served, watchCalls, withoutUsage } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { BASE64_VECTOR, embedding } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** 8 tokens at 0.02 USD a million. */
const EXPECTED: CallFacts = {
  operation: 'embedding',
  provider: 'openai',
  server: '127.0.0.1',
  request: { model: 'text-embedding-3-small', stream: false, parameters: {}, inputIsText: true, outputIsText: true },
  response: { model: 'text-embedding-3-small', dimensions: 3 },
  usage: { inputTokens: 8, outputTokens: 0 },
  usageSource: 'provider',
  picoUsd: 160_000n,
  attempts: [served()],
  chunks: 0,
  outcome: { kind: 'success' },
}

describe.each(MAJORS)('an embedding with openai $major', ({ connect }) => {
  test('tells the length of its first vector, which the client asked for in base64 by itself', async () => {
    await using wire = await wireServer(embedding([BASE64_VECTOR, BASE64_VECTOR]))
    using watched = watchCalls()
    const { data } = await connect(wire).embeddings.create({ ...EMBEDDING, input: ['Hi', 'Ho'] })
    expect(data[1]?.embedding).toEqual([0.25, -0.5, 0.75])
    expect(JSON.parse(wire.requests[0]?.body ?? '')).toMatchObject({ encoding_format: 'base64' })
    expect(await watched.only()).toStrictEqual(EXPECTED)
  })

  test('tells the length of a vector of numbers, and that the application wished for them', async () => {
    await using wire = await wireServer(embedding([[0.1, 0.2, 0.3, 0.4]]))
    using watched = watchCalls()
    await connect(wire).embeddings.create({ ...EMBEDDING, encoding_format: 'float', dimensions: 4 })
    expect(await watched.only()).toStrictEqual({
      ...EXPECTED,
      request: { ...EXPECTED.request, parameters: { encodingFormats: ['float'], dimensions: 4 } },
      response: { model: 'text-embedding-3-small', dimensions: 4 },
    })
  })

  test.each([1, 2, 3, 4, 5, 1536])('of %i numbers in base64 is measured without decoding it', async (dimensions) => {
    const vector = Buffer.from(new Float32Array(dimensions).buffer).toString('base64')
    await using wire = await wireServer(embedding([vector]))
    using watched = watchCalls()
    await connect(wire).embeddings.create(EMBEDDING)
    expect((await watched.only()).response?.dimensions).toBe(dimensions)
  })

  test('without usage has neither tokens nor a cost, and says so', async () => {
    await using wire = await wireServer(embedding(undefined, { usage: undefined }))
    using watched = watchCalls()
    await connect(wire).embeddings.create(EMBEDDING)
    expect(await watched.only()).toStrictEqual(withoutUsage(EXPECTED))
  })
})
