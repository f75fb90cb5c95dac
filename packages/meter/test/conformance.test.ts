import { readFileSync } from 'node:fs'
import { type Attributes, SpanKind, ValueType } from '@opentelemetry/api'
import { DataPointType, type MetricData } from '@opentelemetry/sdk-metrics'
import { afterEach, describe, expect, test } from 'vitest'
import { generateNames } from '../semconv/generate.ts'
import {
  AI_ATTRIBUTE,
  type CallEnd,
  type CallStart,
  INSTRUMENTS,
  profileMetrics,
  SEMCONV_PROFILES,
} from '../src/index.ts'
import { ANSWERED, chatStart, embeddingStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { bucketBoundaries, type Registry, registryOf } from './support/registry.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

/** Names the conventions own. */
const THEIRS = /^(gen_ai|openai|server|error|exception)\./
const OURS = new Set<string>(Object.values(AI_ATTRIBUTE))

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

  test('spans are what the registry says: kind, attributes, types, nothing required missing', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    expect(telemetry.spans).toHaveLength(16)
    for (const { kind, attributes } of telemetry.spans) {
      const definition = spanDefinition(registry, String(attributes['gen_ai.operation.name']))
      expect([kind, definition.kind]).toEqual([SpanKind.CLIENT, 'client'])
      expectConforming(registry, attributes, definition.attributes)
    }
  })

  test('every attribute of the span types is set by some call, but for content and what the client does not know', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    const set = new Set(telemetry.spans.flatMap(({ attributes }) => Object.keys(attributes)))
    const defined = ['chat', 'embeddings', 'retrieval', 'fetch_response'].flatMap((operation) =>
      Object.entries(spanDefinition(registry, operation).attributes),
    )
    const missing = defined.filter(([name, { requirement_level: level }]) => level !== 'opt_in' && !set.has(name))
    expect(missing.map(([name]) => name).toSorted()).toEqual(['gen_ai.conversation.compacted', 'gen_ai.request.top_k'])
  })

  test('events are what the registry says', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    const names = telemetry.events.map(({ eventName }) => eventName)
    expect(new Set(names)).toEqual(
      new Set(['gen_ai.client.inference.operation.details', 'gen_ai.client.operation.exception']),
    )
    for (const { eventName = '', attributes } of telemetry.events) {
      const own = registry.events[eventName]?.attributes ?? {}
      // The details event repeats the span, refinements of OpenAI's included.
      const refined = eventName.endsWith('details') ? { ...spanDefinition(registry, 'chat').attributes, ...own } : own
      expectConforming(registry, attributes, refined)
    }
  })

  test('metrics are what the registry says: instrument, unit, boundaries, attributes', async () => {
    await using telemetry = recordAll(new Telemetry(), profile)
    const metrics = (await telemetry.metrics()).filter(({ descriptor }) => THEIRS.test(descriptor.name))
    expect(metrics.map(({ descriptor }) => descriptor.name).toSorted()).toEqual(
      profileMetrics(profile)
        .map(({ name }) => name)
        .toSorted(),
    )
    for (const metric of metrics) {
      const { name, unit, valueType } = metric.descriptor
      const definition = registry.metrics[name]
      if (!definition) throw new Error(`${name} is not in the registry`)
      expect({ name, unit, ...shapeOf(metric), int: valueType === ValueType.INT }).toEqual({
        name,
        unit: definition.unit,
        instrument: definition.instrument,
        boundaries: bucketBoundaries(name),
        int: definition.value_type === 'int',
      })
      const refinement = Object.values(registry.metric_refinements).find(({ ref }) => ref === name)
      for (const { attributes } of metric.dataPoints) {
        expectConforming(registry, attributes, { ...definition.attributes, ...refinement?.attributes })
      }
    }
  })
})

/** The refinement of OpenAI, where there is one. */
function spanDefinition(registry: Registry, operationName: string): Registry['spans'][string] {
  const [kinds, pattern] = {
    embeddings: [registry.spans, /embeddings/] as const,
    retrieval: [registry.spans, /retrieval/] as const,
    fetch_response: [registry.span_refinements, /^openai\.fetch_response/] as const,
  }[operationName] ?? [registry.span_refinements, /^openai\..*inference/]
  const found = Object.entries(kinds).find(([type]) => pattern.test(type))
  if (!found) throw new Error(`no span type for ${operationName}`)
  return found[1]
}

function shapeOf(metric: MetricData): { instrument: string; boundaries: readonly number[] | undefined } {
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    return { instrument: 'histogram', boundaries: metric.dataPoints[0]?.value.buckets.boundaries }
  }
  const isCounter = metric.dataPointType === DataPointType.SUM && metric.isMonotonic
  return { instrument: isCounter ? 'counter' : 'other', boundaries: undefined }
}

/** Every attribute is either ours or defined there with this type, and nothing that is required is missing. */
function expectConforming(
  registry: Registry,
  attributes: Attributes,
  defined: Registry['events'][string]['attributes'],
): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (OURS.has(name)) continue
    expect(Object.keys(defined), name).toContain(name)
    expect(hasType(registry, name, value), `${name}: ${JSON.stringify(value)}`).toBe(true)
  }
  const required = Object.entries(defined).filter(([, { requirement_level: level }]) => level === 'required')
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(required.map(([name]) => name)))
}

function hasType(registry: Registry, name: string, value: unknown): boolean {
  switch (registry.attributes[name]?.type) {
    case 'int':
      return Number.isSafeInteger(value)
    case 'double':
      return typeof value === 'number'
    case 'boolean':
      return typeof value === 'boolean'
    case 'string':
      return typeof value === 'string' && value !== ''
    case 'string[]':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'enum':
      return registry.enums[name]?.includes(value as string) ?? false
    default:
      return false
  }
}

test('every ai metric has the kind, unit, labels and buckets of the table', async () => {
  await using telemetry = recordAll(new Telemetry(), 'v0.1.0')
  const recorder = telemetry.recorder({ price: flatPrice })
  const rateLimit = { limitRequests: 10, remainingRequests: 9 }
  recorder.start(chatStart()).end(succeeded({ attempts: [{ ...ANSWERED, rateLimit }] }))
  const { usage: _, ...untold } = succeeded()
  const estimate = { inputTokens: 11, outputTokens: 5, method: 'characters' } as const
  recorder.start(chatStart()).end({ ...untold, estimate })
  const table = new Map(Object.values(INSTRUMENTS).map((definition) => [definition.name, definition]))
  const metrics = (await telemetry.metrics()).filter(({ descriptor }) => !THEIRS.test(descriptor.name))
  const writtenElsewhere = ['ai.budget.spent_usd', 'ai.budget.limit_usd']
  expect(metrics.map(({ descriptor }) => descriptor.name).toSorted()).toEqual(
    [...table.keys()].filter((name) => !writtenElsewhere.includes(name)).toSorted(),
  )
  for (const metric of metrics) {
    const { name, unit, description } = metric.descriptor
    const { instrument, boundaries } = shapeOf(metric)
    const definition = table.get(name)
    expect({ unit, description, kind: instrument === 'other' ? 'gauge' : instrument, buckets: boundaries }).toEqual({
      unit: definition?.unit,
      description: definition?.description,
      kind: definition?.kind,
      buckets: definition?.buckets,
    })
    for (const { attributes } of metric.dataPoints) {
      const labels = Object.keys(attributes)
      if (labels.length > 0 || !definition?.startsAtZero) expect(labels).toEqual(definition?.labels)
    }
  }
})

test('src/generated/gen-ai.ts is what the registry files give', () => {
  const file = readFileSync(new URL('../src/generated/gen-ai.ts', import.meta.url), 'utf8')
  expect(file === generateNames(), 'run `pnpm generate`').toBe(true)
})
