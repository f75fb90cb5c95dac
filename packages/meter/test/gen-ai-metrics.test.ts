import { afterEach, describe, expect, test } from 'vitest'
import { chatStart, embeddingStart, succeeded } from './support/calls.ts'
import { CLIENT, only, pointsAfter, WITH_TIER } from './support/series.ts'
import { forgetGlobals } from './support/telemetry.ts'

afterEach(forgetGlobals)

describe('streams', () => {
  const timing = { duration: 2, timeToFirstChunk: 0.25, chunks: 4, chunkGaps: [0.5, 0.125, 0.125] }
  const common = `${CLIENT} server.address=api.openai.com server.port=443`

  test.each([
    ['v0.1.0', 'gen_ai.client.inference'],
    ['v1.41', 'gen_ai.client.operation'],
  ] as const)('%s measures the first chunk once and every later one by its gap', async (semconv, prefix) => {
    const points = await pointsAfter([[chatStart(), succeeded({ timing })]], { semconv })
    expect(only(points, `${prefix}.time_`)).toEqual({
      [`${prefix}.time_to_first_chunk ${common}`]: { count: 1, sum: 0.25 },
      [`${prefix}.time_per_output_chunk ${common}`]: { count: 3, sum: 0.75 },
    })
  })

  test('a stream of one chunk has no gap', async () => {
    const oneChunk = { duration: 2, timeToFirstChunk: 0.25, chunks: 1, chunkGaps: [] }
    const points = await pointsAfter([[chatStart(), succeeded({ timing: oneChunk })]])
    expect(only(points, 'gen_ai.client.inference.time_per')).toEqual({})
  })

  test('a call that is no stream has no chunk metrics', async () => {
    expect(only(await pointsAfter([[chatStart(), succeeded()]]), 'gen_ai.client.inference.time_')).toEqual({})
  })
})

describe('embeddings', () => {
  const end = succeeded({ response: { model: 'text-embedding-3-small' }, usage: { inputTokens: 12, outputTokens: 0 } })
  const labels =
    'gen_ai.operation.name=embeddings gen_ai.provider.name=openai gen_ai.request.model=text-embedding-3-small gen_ai.response.model=text-embedding-3-small'
  const server = 'server.address=api.openai.com server.port=443'

  test('have a duration and an input histogram of their own in v0.1.0, and no usage counter', async () => {
    expect(only(await pointsAfter([[embeddingStart(), end]]), 'gen_ai.')).toEqual({
      [`gen_ai.client.embeddings.duration ${labels} ${server}`]: { count: 1, sum: 1.5 },
      [`gen_ai.client.embeddings.operation.input_tokens ${labels} ${server}`]: { count: 1, sum: 12 },
    })
  })

  test('share the metrics of v1.41, and have no output tokens', async () => {
    expect(only(await pointsAfter([[embeddingStart(), end]], { semconv: 'v1.41' }), 'gen_ai.')).toEqual({
      [`gen_ai.client.operation.duration ${labels} ${server}`]: { count: 1, sum: 1.5 },
      [`gen_ai.client.token.usage ${labels} gen_ai.token.type=input ${server}`]: { count: 1, sum: 12 },
    })
  })
})

const series = (total: string, modality: string): string =>
  `gen_ai.client.inference.usage.${total}_tokens ${CLIENT} gen_ai.token.modality=${modality} ${WITH_TIER}`

test('usage by modality adds up to the total; what may be anything is unknown', async () => {
  const start = chatStart()
  const usage = {
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 30,
    cacheWriteTokens: 5,
    input: { text: 40, audio: 25 },
  }
  const mixed = { ...start, request: { ...start.request, inputIsText: false, outputIsText: false } }
  const points = await pointsAfter([[mixed, succeeded({ usage })]])
  expect(only(points, 'gen_ai.client.inference.usage')).toEqual({
    [series('input', 'text')]: 40,
    [series('input', 'audio')]: 25,
    [series('input', 'unknown')]: 35,
    [series('output', 'unknown')]: 20,
    [series('cache_read.input', 'unknown')]: 30,
    [series('cache_write.input', 'unknown')]: 5,
  })
})
