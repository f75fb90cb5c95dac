import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { BEYOND_ENUMS } from '../semconv/beyond-enums.ts'
import { violationsOf } from '../semconv/check.ts'
import { generateNames } from '../semconv/generate.ts'
import { definedSpan, registryOf } from '../semconv/registry.ts'
import { type CallEnd, type CallStart, INSTRUMENTS, profileMetrics, SEMCONV_PROFILES } from '../src/index.ts'
import { ANSWERED, chatStart, embeddingStart, failed, flatPrice, priceInFrancs, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

const OUR_METRICS: ReadonlySet<string> = new Set(Object.values(INSTRUMENTS).map(({ name }) => name))

const PARAMETERS: CallStart['request']['parameters'] = {
  maxTokens: 500,
  temperature: 0.2,
  topP: 0.9,
  frequencyPenalty: 0.1,
  presencePenalty: 0.3,
  stopSequences: ['END'],
  seed: 7,
  choiceCount: 2,
  reasoningLevel: 'low',
  serviceTier: 'default',
  outputType: 'json',
  previousResponseId: 'resp_1',
  conversationId: 'conv_1',
  compacted: true,
  promptName: 'pmpt_1',
  promptVersion: '3',
}
const EVERYTHING: CallEnd = succeeded({
  response: {
    id: 'chatcmpl-1',
    model: 'gpt-4o-2024-08-06',
    serviceTier: 'default',
    systemFingerprint: 'fp_1',
    finishReasons: ['stop', 'error'],
  },
  usage: {
    inputTokens: 100,
    outputTokens: 50,
    cacheReadTokens: 40,
    cacheWriteTokens: 10,
    reasoningTokens: 8,
    input: { text: 50, audio: 30, image: 20 },
    output: { text: 20, audio: 20, image: 10 },
    cacheRead: { text: 20, audio: 10, image: 10 },
  },
  timing: { duration: 1.5, timeToFirstChunk: 0.25, chunks: 3, chunkGaps: [0.5, 0.125] },
})
const EMBEDDED: CallEnd = succeeded({
  response: { model: 'text-embedding-3-small', dimensions: 256 },
  usage: { inputTokens: 12, outputTokens: 0 },
})

/** Calls that between them say everything the package can say. */
function allCalls(): [CallStart, CallEnd][] {
  const rich = chatStart()
  const inference = (['chat_completion', 'response', 'completion'] as const).flatMap((operation) => {
    const start = { ...rich, operation, request: { ...rich.request, stream: true, parameters: PARAMETERS } }
    const broken = {
      ...failed(400, 'context_length_exceeded'),
      attempts: [failed(500, '500').attempts[0] ?? ANSWERED, ANSWERED],
    }
    return [EVERYTHING, broken, failed(429, 'rate_limit_exceeded')].map((end): [CallStart, CallEnd] => [start, end])
  })
  const embedding = embeddingStart()
  const encoded = { ...embedding, request: { ...embedding.request, parameters: { encodingFormats: ['float'] } } }
  return [
    ...inference,
    ...otherCalls(),
    [embedding, EMBEDDED],
    [encoded, EMBEDDED],
    [embedding, failed(400, 'invalid_value')],
  ]
}

/** Calls of kinds that have spans of their own, and those that are inference, too. */
function otherCalls(): [CallStart, CallEnd][] {
  const request = { stream: true, inputIsText: false, outputIsText: false }
  const fetched = { parameters: { responseId: 'resp_1', streamCursor: '7' } }
  const response = { id: 'resp_1', model: 'gpt-4o-2024-08-06', status: 'completed', finishReasons: ['stop'] }
  const { usage: _, ...found } = succeeded({ response: {}, billed: false })
  const speech = { model: 'gpt-4o-mini-tts', parameters: { outputType: 'speech' } } as const
  return [
    [chatStart({ operation: 'response_retrieval', request: { ...request, ...fetched } }), { ...EVERYTHING, response }],
    [chatStart({ operation: 'search', request: { ...request, parameters: { dataSourceId: 'vs_1', topK: 5 } } }), found],
    [chatStart({ operation: 'image', request: { ...request, model: 'gpt-image-1', parameters: {} } }), EVERYTHING],
    [chatStart({ operation: 'speech', request: { ...request, ...speech } }), EVERYTHING],
  ]
}

function recordAll(telemetry: Telemetry, semconv: (typeof SEMCONV_PROFILES)[number]): Telemetry {
  const recorder = telemetry.recorder({ semconv, detailsEvent: true, price: flatPrice })
  for (const [start, end] of allCalls()) recorder.start(start).end(end)
  return telemetry
}

describe.each(SEMCONV_PROFILES)('in profile %s', (profile) => {
  const registry = registryOf(profile)

  test('spans, metrics and events are what the registry and our own tables say', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    const emitted = await telemetry.emitted()
    expect(emitted.spans).toHaveLength(16)
    expect(violationsOf(emitted, registry, BEYOND_ENUMS)).toEqual([])
  })

  test('every attribute of the span types is set by some call, but for content and what the client does not know', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    const set = new Set(telemetry.spans.flatMap(({ attributes }) => Object.keys(attributes)))
    const defined = ['chat', 'embeddings', 'retrieval', 'fetch_response'].flatMap((operation) =>
      Object.entries(definedSpan(registry, operation, 'openai').attributes),
    )
    const missing = defined.filter(([name, { requirement_level: level }]) => level !== 'opt_in' && !set.has(name))
    expect(missing.map(([name]) => name).toSorted()).toEqual(['gen_ai.request.top_k'])
  })

  test('both events are sent', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    expect(new Set(telemetry.events.map(({ eventName }) => eventName))).toEqual(
      new Set(['gen_ai.client.inference.operation.details', 'gen_ai.client.operation.exception']),
    )
  })

  test('every metric of the profile is measured', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    const names = (await telemetry.metrics()).map(({ descriptor }) => descriptor.name)
    expect(names.filter((name) => !OUR_METRICS.has(name)).toSorted()).toEqual(
      profileMetrics(profile)
        .map(({ name }) => name)
        .toSorted(),
    )
  })
})

test('every ai metric is measured, as the table says, but for those written elsewhere', async () => {
  await using telemetry = recordAll(new Telemetry(), 'v0.1.0')
  const recorder = telemetry.recorder({ price: priceInFrancs })
  const rateLimit = { limitRequests: 10, remainingRequests: 9 }
  recorder.start(chatStart()).end(succeeded({ attempts: [{ ...ANSWERED, rateLimit }] }))
  const { usage: _, ...untold } = succeeded()
  const estimate = { inputTokens: 11, outputTokens: 5, method: 'characters' } as const
  recorder.start(chatStart()).end({ ...untold, estimate })
  recorder.countRedactions('email', 2)
  const emitted = await telemetry.emitted()
  const ours = emitted.metrics.filter(({ name }) => OUR_METRICS.has(name))
  const writtenElsewhere = ['ai.budget.spent_usd', 'ai.budget.limit_usd']
  expect(ours.map(({ name }) => name).toSorted()).toEqual(
    [...OUR_METRICS].filter((name) => !writtenElsewhere.includes(name)).toSorted(),
  )
  expect(violationsOf({ spans: [], metrics: ours, events: [] }, registryOf('v0.1.0'))).toEqual([])
})

test('src/generated/gen-ai.ts is what the registry files give', () => {
  const file = readFileSync(new URL('../src/generated/gen-ai.ts', import.meta.url), 'utf8')
  expect(file === generateNames(), 'run `pnpm generate`').toBe(true)
})
