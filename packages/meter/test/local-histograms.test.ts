import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CallEnd, claimLocalHistograms, type LocalHistogramSnapshot, METRIC } from '../src/index.ts'
import { chatStart, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

const GAPS = METRIC.genAiClientInferenceTimePerOutputChunk
const FIRST_CHUNK = METRIC.genAiClientInferenceTimeToFirstChunk

function streamed(chunkGaps: readonly number[], serviceTier = 'default'): CallEnd {
  const timing = { duration: 2, timeToFirstChunk: 0.25, chunks: chunkGaps.length + 1, chunkGaps }
  return succeeded({ timing, response: { model: 'gpt-4o-2024-08-06', serviceTier } })
}

const pointsOf = (snapshots: readonly LocalHistogramSnapshot[]): LocalHistogramSnapshot['points'] =>
  snapshots.flatMap(({ points }) => points)

test('chunk gaps go to the reader that asked for them, and to it alone', async () => {
  await using telemetry = new Telemetry()
  const snapshot = claimLocalHistograms(telemetry.meterProvider)
  telemetry
    .recorder()
    .start(chatStart())
    .end(streamed([0.01, 0.5, 100]))
  const [{ startTime, ...histogram } = { startTime: 0 }, ...others] = snapshot()
  expect(others).toEqual([])
  expect(startTime).toBeGreaterThan(0)
  expect(histogram).toEqual({
    name: GAPS.name,
    unit: 's',
    description: 'Metric of the OpenTelemetry GenAI semantic conventions',
    boundaries: GAPS.boundaries,
    points: [
      {
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'gpt-4o',
          'gen_ai.response.model': 'gpt-4o-2024-08-06',
          'server.address': 'api.openai.com',
          'server.port': 443,
        },
        counts: [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
        count: 3,
        sum: 100.51,
        min: 0.01,
        max: 100,
      },
    ],
  })
  expect(await telemetry.histogram(GAPS.name)).toEqual([])
  expect((await telemetry.histogram(FIRST_CHUNK.name)).map(({ count }) => count)).toEqual([1])
})

test('the snapshot says what the SDK would have said about the same streams', async () => {
  await using claimed = new Telemetry()
  await using plain = new Telemetry()
  const snapshot = claimLocalHistograms(claimed.meterProvider)
  const streams = [streamed([0.011, 0.02, 0.3]), streamed([], 'flex'), streamed([81.92, 82], 'flex')]
  for (const telemetry of [claimed, plain]) {
    const recorder = telemetry.recorder()
    for (const operation of ['chat_completion', 'response', 'completion'] as const) {
      for (const stream of streams) recorder.start(chatStart({ operation })).end(stream)
    }
  }
  const expected = await plain.histogram(GAPS.name)
  expect(expected).toHaveLength(2)
  expect(expected[0]?.buckets.boundaries).toEqual(snapshot()[0]?.boundaries)
  expect(pointsOf(snapshot())).toEqual(
    expected.map(({ attributes, buckets, count, sum, min, max }) => ({
      attributes,
      counts: buckets.counts,
      count,
      sum,
      min,
      max,
    })),
  )
})

test('without a claim the SDK has them', async () => {
  await using telemetry = new Telemetry()
  telemetry
    .recorder()
    .start(chatStart())
    .end(streamed([0.01, 0.5]))
  expect((await telemetry.histogram(GAPS.name)).map(({ count }) => count)).toEqual([2])
})

test('a claim made after the recorder holds from then on', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder()
  const snapshot = claimLocalHistograms(telemetry.meterProvider)
  recorder.start(chatStart()).end(streamed([0.5]))
  expect(pointsOf(snapshot()).map(({ count }) => count)).toEqual([1])
  expect(await telemetry.histogram(GAPS.name)).toEqual([])
})

test('two claims see the same values', async () => {
  await using telemetry = new Telemetry()
  const snapshots = [claimLocalHistograms(telemetry.meterProvider), claimLocalHistograms(telemetry.meterProvider)]
  telemetry
    .recorder()
    .start(chatStart())
    .end(streamed([0.5]))
  expect(snapshots[0]?.()).toEqual(snapshots[1]?.())
  expect(pointsOf(snapshots[0]?.() ?? [])).toHaveLength(1)
})
