import { afterEach, describe, expect, test } from 'vitest'
import type { CallEnd, CallStart, PriceCall, RecorderOptions } from '../src/index.ts'
import { chatStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { CHAT, CLIENT, FROM_THE_START, only, pointsAfter, requests, WITH_TIER } from './support/series.ts'
import { forgetGlobals, type Points, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

const AI_AFTER_SUCCESS: Points = {
  ...FROM_THE_START,
  ...requests({ success: 1 }),
  [`ai.cost ${CHAT} provider=openai`]: 0.00015,
  [`ai.cost.current ${CHAT} provider=openai`]: 0.00015,
  [`ai.tokens ${CHAT} token_type=prompt`]: 100,
  [`ai.tokens ${CHAT} token_type=completion`]: 20,
  [`ai.tokens.current ${CHAT} token_type=prompt`]: 100,
  [`ai.tokens.current ${CHAT} token_type=completion`]: 20,
  [`ai.request.duration ${CHAT} status=success`]: { count: 1, sum: 1.5 },
  'ai.price_table.timestamp source=list@1': Date.UTC(2026, 10, 1) / 1000,
}

describe('one call is exactly these points', () => {
  test('in v0.1.0', async () => {
    const client = 'gen_ai.client.inference'
    const text = `${CLIENT} gen_ai.token.modality=text ${WITH_TIER}`
    expect(await pointsAfter([[chatStart(), succeeded()]])).toEqual({
      ...AI_AFTER_SUCCESS,
      [`${client}.duration ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 1.5 },
      [`${client}.operation.input_tokens ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 100 },
      [`${client}.operation.output_tokens ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 20 },
      [`${client}.usage.input_tokens ${text}`]: 100,
      [`${client}.usage.output_tokens ${text}`]: 20,
      [`${client}.usage.cache_read.input_tokens ${text}`]: 64,
      [`${client}.usage.reasoning.output_tokens ${text}`]: 8,
    })
  })

  test('in v1.41', async () => {
    expect(await pointsAfter([[chatStart(), succeeded()]], { semconv: 'v1.41' })).toEqual({
      ...AI_AFTER_SUCCESS,
      [`gen_ai.client.operation.duration ${CLIENT} ${WITH_TIER}`]: { count: 1, sum: 1.5 },
      [`gen_ai.client.token.usage ${CLIENT} gen_ai.token.type=input ${WITH_TIER}`]: { count: 1, sum: 100 },
      [`gen_ai.client.token.usage ${CLIENT} gen_ai.token.type=output ${WITH_TIER}`]: { count: 1, sum: 20 },
    })
  })
})

/** A price of that day. */
function priceOf(priceDate: string): PriceCall {
  return (call) => {
    const result = flatPrice(call)
    return result.cost ? { cost: { ...result.cost, priceDate } } : result
  }
}

test('a price list is as old as the newest of its prices that was used', async () => {
  await using telemetry = new Telemetry()
  for (const date of ['2026-11-01', '2026-11-20', '2026-11-10']) {
    telemetry
      .recorder({ price: priceOf(date) })
      .start(chatStart())
      .end(succeeded())
  }
  expect(only(await telemetry.points(), 'ai.price_table')).toEqual({
    'ai.price_table.timestamp source=list@1': Date.UTC(2026, 10, 20) / 1000,
  })
})

test('before any call, the counters alerts use are there at 0, and nothing else is', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder()
  expect(await telemetry.points()).toEqual(FROM_THE_START)
})

test('the request counters of a call are there at 0 from its beginning', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder().start(chatStart())
  expect(await telemetry.points()).toEqual({ ...FROM_THE_START, ...requests({}) })
})

test('an answer without usage counts no tokens and no cost, and says so', async () => {
  const { usage: _, ...end } = succeeded()
  const points = await pointsAfter([[chatStart(), end]])
  expect(only(points, 'ai.')).toEqual({
    ...FROM_THE_START,
    ...requests({ success: 1 }),
    [`ai.request.duration ${CHAT} status=success`]: { count: 1, sum: 1.5 },
    [`ai.unpriced_requests ${CHAT} reason=no_usage`]: 1,
  })
  expect(Object.keys(only(points, 'gen_ai.'))).toEqual([`gen_ai.client.inference.duration ${CLIENT} ${WITH_TIER}`])
})

const ESTIMATED: CallEnd = (() => {
  const { usage: _, ...end } = succeeded()
  return { ...end, estimate: { inputTokens: 11, outputTokens: 5, method: 'characters' } }
})()

test('what is estimated because there is no usage has series of its own, and none of the others', async () => {
  const points = await pointsAfter([
    [chatStart(), ESTIMATED],
    [chatStart(), ESTIMATED],
  ])
  expect(only(points, 'ai.')).toEqual({
    ...FROM_THE_START,
    ...requests({ success: 2 }),
    [`ai.request.duration ${CHAT} status=success`]: { count: 2, sum: 3 },
    [`ai.unpriced_requests ${CHAT} reason=no_usage`]: 2,
    [`ai.estimated_tokens ${CHAT} token_type=prompt`]: 22,
    [`ai.estimated_tokens ${CHAT} token_type=completion`]: 10,
    [`ai.estimated_cost ${CHAT} provider=openai`]: 0.0003,
  })
  expect(Object.keys(only(points, 'gen_ai.'))).toEqual([`gen_ai.client.inference.duration ${CLIENT} ${WITH_TIER}`])
})

test('an estimate whose price nobody knows has tokens and no cost', async () => {
  const points = await pointsAfter([[chatStart(), ESTIMATED]], { price: () => ({ unpriced: 'unknown_model' }) })
  expect(Object.keys(only(points, 'ai.estimated'))).toEqual([
    `ai.estimated_tokens ${CHAT} token_type=prompt`,
    `ai.estimated_tokens ${CHAT} token_type=completion`,
  ])
})

test('a cost that is unknown is counted by its reason, and never as 0', async () => {
  const points = await pointsAfter([[chatStart(), succeeded()]], { price: () => ({ unpriced: 'unknown_model' }) })
  expect(only(points, 'ai.cost')).toEqual({ 'ai.cost': 0 })
  expect(only(points, 'ai.unpriced')).toEqual({
    'ai.unpriced_requests': 0,
    [`ai.unpriced_requests ${CHAT} reason=unknown_model`]: 1,
  })
  expect(only(points, 'ai.price_table')).toEqual({})
})

test('without a price book calls are unpriced for that reason', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder().start(chatStart()).end(succeeded())
  expect(await telemetry.points('ai.unpriced')).toEqual({
    'ai.unpriced_requests': 0,
    [`ai.unpriced_requests ${CHAT} reason=no_price_book`]: 1,
  })
})

const tenCents: RecorderOptions['price'] = (call) => {
  const priced = flatPrice(call)
  return priced.cost ? { cost: { ...priced.cost, picoUsd: 100_000_000_000n, usd: 0.1 } } : priced
}

test('costs add up exactly, where doubles would drift', async () => {
  const points = await pointsAfter(
    Array.from({ length: 10 }, () => [chatStart(), succeeded()] as [CallStart, CallEnd]),
    { price: tenCents },
  )
  expect(points[`ai.cost ${CHAT} provider=openai`]).toBe(1)
})

test('a refused request is an error, not unpriced, and has no tokens', async () => {
  expect(await pointsAfter([[chatStart(), failed(400, 'context_length_exceeded')]])).toEqual({
    ...FROM_THE_START,
    ...requests({ error: 1 }),
    [`ai.errors error_type=context_length_exceeded ${CHAT} provider=openai`]: 1,
    [`ai.request.duration ${CHAT} status=error`]: { count: 1, sum: 0.25 },
    'gen_ai.client.inference.duration error.type=context_length_exceeded gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o server.address=api.openai.com server.port=443':
      { count: 1, sum: 0.25 },
  })
})

test('the most recent call is what the gauges show, while the counters add up', async () => {
  const second = succeeded({ usage: { inputTokens: 7, outputTokens: 3 } })
  const points = await pointsAfter([
    [chatStart(), succeeded()],
    [chatStart(), second],
  ])
  expect(only(points, 'ai.tokens')).toEqual({
    [`ai.tokens ${CHAT} token_type=prompt`]: 107,
    [`ai.tokens ${CHAT} token_type=completion`]: 23,
    [`ai.tokens.current ${CHAT} token_type=prompt`]: 7,
    [`ai.tokens.current ${CHAT} token_type=completion`]: 3,
  })
})

test('tokens of two providers add up, since their labels do not tell them apart', async () => {
  const points = await pointsAfter([
    [chatStart(), succeeded()],
    [chatStart({ provider: 'azure.ai.openai' }), succeeded()],
  ])
  expect(points[`ai.tokens ${CHAT} token_type=prompt`]).toBe(200)
  expect(points[`ai.cost ${CHAT} provider=azure.ai.openai`]).toBe(0.00015)
})

test('a chat completion and a response are both a chat: their gen_ai series are one, their ai series are two', async () => {
  const points = await pointsAfter([
    [chatStart(), succeeded()],
    [chatStart({ operation: 'response' }), succeeded()],
  ])
  expect(points[`gen_ai.client.inference.usage.input_tokens ${CLIENT} gen_ai.token.modality=text ${WITH_TIER}`]).toBe(
    200,
  )
  expect(points[`ai.tokens ${CHAT} token_type=prompt`]).toBe(100)
  expect(points['ai.tokens model=gpt-4o operation=response token_type=prompt']).toBe(100)
})

test('a call that asks for no model is counted under the one that answered', async () => {
  const request = { stream: false, parameters: {}, inputIsText: true, outputIsText: true }
  const points = await pointsAfter([[chatStart({ operation: 'response_retrieval', request }), succeeded()]])
  expect(
    points['ai.requests model=gpt-4o-2024-08-06 operation=response_retrieval provider=openai status=success'],
  ).toBe(1)
  expect(Object.keys(points).filter((name) => name.includes('model=unknown'))).toEqual([])
})

test('a call that names no model is counted as unknown', async () => {
  const request = { stream: false, parameters: {}, inputIsText: true, outputIsText: true }
  const points = await pointsAfter([[chatStart({ operation: 'response', request }), succeeded({ response: {} })]])
  expect(points['ai.requests model=unknown operation=response provider=openai status=success']).toBe(1)
  expect(Object.keys(points).filter((name) => name.includes('gen_ai.request.model'))).toEqual([])
})
