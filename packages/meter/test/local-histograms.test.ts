import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type CallEnd,
  claimLocalHistograms,
  INSTRUMENTS,
  type LocalHistogramPoint,
  type LocalHistogramSnapshot,
  METRIC,
  type Operation,
  SEMCONV_PROFILES,
} from '../src/index.ts'
import { chatStart, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

beforeEach(forgetGlobals)
afterEach(forgetGlobals)

const GAPS = METRIC.genAiClientInferenceTimePerOutputChunk

function streamed(chunkGaps: readonly number[], serviceTier = 'default'): CallEnd {
  const timing = { duration: 2, timeToFirstChunk: 0.25, chunks: chunkGaps.length + 1, chunkGaps }
  return succeeded({ timing, response: { model: 'gpt-4o-2024-08-06', serviceTier } })
}

function gapsOf(snapshots: readonly LocalHistogramSnapshot[]): LocalHistogramSnapshot | undefined {
  return snapshots.find(({ name }) => name === GAPS.name)
}

test('histograms go to the reader that asked for them, and to it alone', async () => {
  await using telemetry = new Telemetry()
  const snapshot = claimLocalHistograms(telemetry.meterProvider)
  telemetry
    .recorder()
    .start(chatStart())
    .end(streamed([0.01, 0.5, 100]))
  const { startTime = 0, ...gaps } = gapsOf(snapshot()) ?? {}
  expect(startTime).toBeGreaterThan(0)
  expect(gaps).toEqual({
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
  for (const { name } of snapshot()) expect(await telemetry.histogram(name)).toEqual([])
})

const OPERATIONS: readonly Operation[] = ['chat_completion', 'response', 'completion', 'embedding', 'search']

test.each(SEMCONV_PROFILES)('every histogram of profile %s says what the SDK would have said', async (semconv) => {
  await using claimed = new Telemetry()
  await using plain = new Telemetry()
  const snapshot = claimLocalHistograms(claimed.meterProvider)
  const ends = [
    streamed([0.011, 0.02, 0.3]),
    streamed([], 'flex'),
    streamed([81.92, 82], 'flex'),
    succeeded({ outcome: { kind: 'error', errorType: '500' } }),
  ]
  for (const telemetry of [claimed, plain]) {
    const recorder = telemetry.recorder({ semconv })
    for (const operation of OPERATIONS) {
      for (const provider of ['openai', 'groq']) {
        for (const end of ends) recorder.start(chatStart({ operation, provider })).end(end)
      }
    }
  }
  const names = snapshot().map(({ name }) => name)
  expect(names).toContain(INSTRUMENTS.requestDuration.name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, points, boundaries } of snapshot()) {
    const expected = await plain.histogram(name)
    expect(expected.length, name).toBeGreaterThan(0)
    expect(expected[0]?.buckets.boundaries, name).toEqual(boundaries)
    expect(points, name).toEqual(
      expected.map(
        ({ attributes, buckets, count, sum, min, max }): LocalHistogramPoint =>
          ({ attributes, counts: buckets.counts, count, sum, min, max }) as LocalHistogramPoint,
      ),
    )
  }
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
  expect(gapsOf(snapshot())?.points.map(({ count }) => count)).toEqual([1])
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
  expect(gapsOf(snapshots[0]?.() ?? [])?.points).toHaveLength(1)
})
