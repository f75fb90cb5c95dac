import { afterAll, beforeAll, expect, test } from 'vitest'
import { EXHAUSTED_MODEL, type Served, UNTOLD_MODEL } from '../../provider/provider.ts'
import type { JaegerSpan } from '../../../collector/stack/jaeger-api.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { playScene, type Scene } from './scene.ts'

const SERVICE = 'e2e-traces'
const LOGICAL_CALLS = 13
const OPERATION_NAMES: Readonly<Record<string, string>> = {
  chat_completion: 'chat',
  response: 'chat',
  completion: 'text_completion',
  embedding: 'embeddings',
  moderation: 'moderation',
}

let scene: Scene
let spans: readonly JaegerSpan[]

beforeAll(async () => {
  scene = await playScene(SERVICE)
  spans = await waitFor('the spans of all calls in Jaeger', async () => {
    const found = await scene.jaeger.findSpans(SERVICE)
    return found.length >= LOGICAL_CALLS ? found : undefined
  })
})

afterAll(() => scene[Symbol.asyncDispose]())

/** What identifies a call whose answer had usage, as the provider and as Jaeger tell it. */
function servedCall({ operation, model, usage }: Served): string {
  return [OPERATION_NAMES[operation], operation, model, usage?.input, usage?.output].join(' ')
}

function spanCall({ attributes }: JaegerSpan): string {
  const output = attributes['gen_ai.usage.output_tokens'] ?? 0
  return [
    attributes['gen_ai.operation.name'],
    attributes['ai.operation'],
    attributes['gen_ai.request.model'],
    attributes['gen_ai.usage.input_tokens'],
    output,
  ].join(' ')
}

function spansOf(model: string): JaegerSpan[] {
  return spans.filter(({ attributes }) => attributes['gen_ai.request.model'] === model)
}

test('one logical call is one span, retries inside', () => {
  expect(spans.length).toBe(LOGICAL_CALLS)
})

test('spans are named after operation and model, and are those of a client', () => {
  for (const { name, kind, attributes } of spans) {
    expect(name).toBe(`${attributes['gen_ai.operation.name']} ${attributes['gen_ai.request.model']}`)
    // SPAN_KIND_CLIENT; the enumeration is a number in OTLP/JSON.
    expect(kind).toBe('3')
  }
})

test('the tokens on the spans are the ones the provider served, as numbers', () => {
  const answered = spans.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes)
  const served = scene.provider.served.filter(({ usage }) => usage)
  expect(answered.map(spanCall).toSorted()).toEqual(served.map(servedCall).toSorted())
})

test('a priced call carries its exact cost and the price list it comes from', () => {
  const [span] = spansOf('gpt-4.1')
  // 445 fresh and 256 cached input tokens, 103 output tokens at 2, 0.5 and 8 USD a million.
  expect(span?.attributes).toMatchObject({ 'ai.cost': 0.001842 })
  expect(span?.attributes['ai.price.source']).toBe('https://developers.openai.com/api/docs/pricing')
})

test('a model without a price says why it has no cost', () => {
  const [span] = spansOf('in-house-model')
  expect(span?.attributes['ai.unpriced']).toBe('unknown_model')
  expect(span?.attributes).not.toHaveProperty('ai.cost')
})

test('a stream that told no usage has an estimate, marked as one, and no cost', () => {
  const [span] = spansOf(UNTOLD_MODEL)
  expect(span?.attributes).toMatchObject({
    'ai.usage.source': 'estimated',
    'ai.unpriced': 'no_usage',
    'ai.estimate.input_tokens': 12,
    'ai.estimate.output_tokens': 4,
    'ai.estimate.method': 'characters',
    'ai.estimate.cost': 0.000012,
  })
  expect(span?.attributes).not.toHaveProperty('gen_ai.usage.input_tokens')
  expect(span?.attributes).not.toHaveProperty('ai.cost')
})

test('failed calls are errors, with the type the provider gave', () => {
  const failed = spans.filter(({ attributes }) => 'error.type' in attributes)
  const failures = failed.map(({ name, statusCode, attributes }) => [name, statusCode, attributes['error.type']])
  // STATUS_CODE_ERROR
  expect(failures.toSorted()).toEqual([
    [`chat ${EXHAUSTED_MODEL}`, '2', 'insufficient_quota'],
    ['chat gpt-4o', '2', 'invalid_value'],
    ['moderation no-such-model', '2', 'model_not_found'],
  ])
})

test('a call that was retried says how many attempts it took', () => {
  expect(spansOf('gpt-4.1-mini').map(({ attributes }) => attributes['ai.attempts'])).toEqual([2])
})
