import { describe, expect, test } from 'vitest'
import { violationsOf } from '../semconv/check.ts'
import { coverageOf } from '../semconv/coverage.ts'
import type { Emitted, EmittedEvent, EmittedMetric, EmittedSpan } from '../semconv/emitted.ts'
import { bucketBoundaries, registryOf } from '../semconv/registry.ts'

/*
 * A check that finds nothing is worth nothing unless it can find something.
 */

const registry = registryOf('v0.1.0')

const SPAN: EmittedSpan = {
  name: 'chat gpt-4o',
  kind: 'client',
  status: 'unset',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'gpt-4o',
    'server.address': 'api.openai.com',
    'server.port': 443,
    'ai.attempts': 1,
  },
  events: [],
}
const METRIC: EmittedMetric = {
  name: 'gen_ai.client.inference.duration',
  unit: 's',
  description: '',
  instrument: 'histogram',
  valueType: 'double',
  boundaries: bucketBoundaries('gen_ai.client.inference.duration') ?? [],
  points: [{ attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' }, value: 1 }],
}
const COUNTER: EmittedMetric = {
  name: 'ai.retries',
  unit: '{retry}',
  description: 'HTTP attempts after the first, by the reason the one before failed',
  instrument: 'counter',
  valueType: 'double',
  points: [{ attributes: { model: 'gpt-4o', operation: 'chat_completion', reason: 'timeout' }, value: 1 }],
}
const EVENT: EmittedEvent = {
  name: 'gen_ai.client.operation.exception',
  severityNumber: 13,
  attributes: { 'exception.type': 'TypeError' },
}

const inSpan = (change: Partial<EmittedSpan>): readonly string[] => found({ spans: [{ ...SPAN, ...change }] })
const inMetric = (change: Partial<EmittedMetric>): readonly string[] => found({ metrics: [{ ...METRIC, ...change }] })
const inCounter = (change: Partial<EmittedMetric>): readonly string[] => found({ metrics: [{ ...COUNTER, ...change }] })
const inEvent = (change: Partial<EmittedEvent>): readonly string[] => found({ events: [{ ...EVENT, ...change }] })

/** A span with other attributes; `undefined` takes one away. */
function withAttributes(changes: EmittedSpan['attributes']): readonly string[] {
  const entries = Object.entries({ ...SPAN.attributes, ...changes }).filter(([, value]) => value !== undefined)
  return inSpan({ attributes: Object.fromEntries(entries) })
}

/** A point with other attributes. */
function atPoint(attributes: EmittedSpan['attributes'], metric: EmittedMetric = METRIC): readonly string[] {
  const points = metric.points.map((point) => ({ ...point, attributes: { ...point.attributes, ...attributes } }))
  return found({ metrics: [{ ...metric, points }] })
}

function found(emitted: Partial<Emitted>): readonly string[] {
  return violationsOf({ spans: [], metrics: [], events: [], ...emitted }, registry).map((violation) =>
    violation.replace(/^(span|metric|event) \S+( gpt-4o)?: /, ''),
  )
}

test('nothing is wrong with what is right', () => {
  expect(found({ spans: [SPAN], metrics: [METRIC, COUNTER], events: [EVENT] })).toEqual([])
})

describe('the check finds in a span', () => {
  test.each<[string, readonly string[], string]>([
    ['a wrong name', inSpan({ name: 'POST gpt-4o' }), 'its name must be chat gpt-4o'],
    ['a wrong kind', inSpan({ kind: 'internal' }), 'its kind is internal, but must be client'],
    ['the status ok', inSpan({ status: 'ok' }), 'its status is ok, which only the application may set'],
    ['an error without a type', inSpan({ status: 'error' }), 'its status is error, its error.type undefined'],
    [
      'the type of an error without the error',
      withAttributes({ 'error.type': '500' }),
      'its status is unset, its error.type 500',
    ],
    [
      'the text of an exception',
      inSpan({ statusMessage: 'Incorrect API key: sk-1' }),
      'its status says more than the type of the error',
    ],
    [
      'a wrong type',
      withAttributes({ 'gen_ai.request.max_tokens': '500' }),
      'gen_ai.request.max_tokens is "500", but must be int',
    ],
    ['an empty text', withAttributes({ 'gen_ai.response.id': '' }), 'gen_ai.response.id is "", but must be string'],
    [
      'a missing required attribute',
      withAttributes({ 'gen_ai.provider.name': undefined }),
      'gen_ai.provider.name is required and missing',
    ],
    [
      'an attribute that its provider requires',
      inSpan({ name: 'chat', attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' } }),
      'gen_ai.request.model is required and missing',
    ],
    ['an address without a port', withAttributes({ 'server.port': undefined }), 'server.port is missing'],
    [
      'an unknown member',
      withAttributes({ 'gen_ai.output.type': 'poem' }),
      'gen_ai.output.type is "poem", which is no member',
    ],
    [
      'parts that are more than the whole',
      withAttributes({ 'gen_ai.usage.input_tokens': 5, 'gen_ai.usage.cache_read.input_tokens': 6 }),
      'gen_ai.usage: cache_read.input_tokens is more than input_tokens',
    ],
    [
      'modalities that together are more than the whole',
      withAttributes({
        'gen_ai.usage.output_tokens': 5,
        'gen_ai.usage.text.output_tokens': 3,
        'gen_ai.usage.audio.output_tokens': 3,
      }),
      'gen_ai.usage: text.output_tokens + image.output_tokens + audio.output_tokens is more than output_tokens',
    ],
    [
      'an attribute of nobody',
      withAttributes({ 'gen_ai.system': 'openai' }),
      'gen_ai.system is not in the registry for this signal, and not ours',
    ],
    [
      'an attribute with our prefix that we do not have',
      withAttributes({ 'ai.mood': 'good' }),
      'ai.mood is not in the registry for this signal, and not ours',
    ],
    [
      "an attribute of OpenAI's on another provider's",
      withAttributes({ 'gen_ai.provider.name': 'groq', 'openai.api.type': 'responses' }),
      'openai.api.type is not in the registry for this signal, and not ours',
    ],
    [
      'an event of nobody',
      inSpan({ events: [{ name: 'exception', attributes: {} }] }),
      'span event exception: it is not ours, and the conventions have none',
    ],
  ])('%s', (_, violations, expected) => expect(violations).toContain(expected))
})

describe('the check finds in a metric', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown name', inMetric({ name: 'gen_ai.cost' }), 'it is neither in the registry nor in our table'],
    ['a wrong unit', inMetric({ unit: 'ms' }), 'its unit is ms, but must be s'],
    ['a wrong instrument', inMetric({ instrument: 'gauge' }), 'its instrument is gauge, but must be histogram'],
    ['a wrong type of values', inMetric({ valueType: 'int' }), 'its valueType is int, but must be double'],
    [
      'wrong boundaries',
      inMetric({ boundaries: [1, 2] }),
      `its boundaries is 1,2, but must be ${String(METRIC.boundaries)}`,
    ],
    [
      'an attribute of ours',
      atPoint({ 'ai.attempts': 1 }),
      'ai.attempts is ours, and has no place in a metric of the conventions',
    ],
    [
      'an unknown operation',
      atPoint({ 'gen_ai.operation.name': 'dream' }),
      'gen_ai.operation.name is "dream", which is no member',
    ],
    [
      'a call of another family',
      atPoint({ 'gen_ai.operation.name': 'embeddings' }),
      'a call of embeddings is no inference',
    ],
    ['a wrong unit of ours', inCounter({ unit: '1' }), 'its unit is 1, but must be {retry}'],
    [
      'a label too many',
      atPoint({ user: 'u1' }, COUNTER),
      'its labels are model,operation,reason,user, but must be model,operation,reason',
    ],
  ])('%s', (_, violations, expected) => expect(violations).toContain(expected))
})

describe('the check finds in an event', () => {
  test.each<[string, readonly string[], string]>([
    ['an unknown name', inEvent({ name: 'gen_ai.choice' }), 'it is not in the registry'],
    ['a body', inEvent({ body: 'Hi' }), 'it has a body, but everything is to be in its attributes'],
    ['a wrong severity', inEvent({ severityNumber: 17 }), 'its severity is 17, but must be 13'],
    [
      'an exception of no type',
      inEvent({ attributes: {} }),
      'exception.type or exception.message is required and missing',
    ],
  ])('%s', (_, violations, expected) => expect(violations).toContain(expected))
})

describe('the coverage', () => {
  const emitted: Emitted = { spans: [SPAN], metrics: [METRIC], events: [EVENT] }

  test('tells what was neither seen nor listed', () => {
    const { unseen } = coverageOf(emitted, registry, { 'gen_ai.memory.client *': 'no memory' })
    expect(unseen).toContain('openai.gen_ai.client.inference gen_ai.request.seed')
    expect(unseen).toContain('gen_ai.client.embeddings')
    expect(unseen).not.toContain('openai.gen_ai.client.inference gen_ai.request.model')
    expect(unseen.filter((entry) => entry.startsWith('gen_ai.memory.client'))).toEqual([])
  })

  test('tells what was listed, and seen all the same or in no registry', () => {
    const listed = { '* exception.type': 'private', '* gen_ai.mood': 'unknown', '* gen_ai.request.top_k': 'none' }
    expect(coverageOf(emitted, registry, listed).wronglyListed).toEqual([
      '* exception.type: gen_ai.client.operation.exception exception.type was seen',
      '* gen_ai.mood: is not in the registry',
    ])
  })
})
