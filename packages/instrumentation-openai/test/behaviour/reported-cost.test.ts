import { describe, expect, test } from 'vitest'
import type { WatchOptions } from '../../src/watch.ts'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls, type WatchedCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { readAll } from '../support/streams.ts'
import { chatCompletion, jsonAnswer, responseBody, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const COUNTS = { prompt_tokens: 194, completion_tokens: 2, total_tokens: 196 }
const UPSTREAM = { upstream_inference_cost: 0.036_079_5 }

const REPORTS = [
  ['openrouter', { ...COUNTS, cost: 0.000_110_18, is_byok: false, cost_details: UPSTREAM }, 110_180_000n],
  ['openrouter', { ...COUNTS, cost: 0.0018, is_byok: true, cost_details: UPSTREAM }, 37_879_500_000n],
  ['openrouter', { ...COUNTS, cost: 0 }, 0n],
  [
    'perplexity',
    { ...COUNTS, cost: { input_tokens_cost: 0.0002, request_cost: 0.006, total_cost: 0.0062 } },
    6_200_000_000n,
  ],
  ['x_ai', { ...COUNTS, cost_in_usd_ticks: 37_756_000 }, 3_775_600_000n],
] as const

/** Series of one test are none of another's: calls without a provider would be handed to the next one. */
const watchAlone = (providers: WatchOptions['providers'] = {}): WatchedCalls =>
  watchCalls({ providers, meterProvider: meters().provider })

const hostOf = ({ url }: { readonly url: string }): string => new URL(url).host

describe.each(MAJORS)('a cost that the provider itself reports, with openai $major', ({ connect }) => {
  test.each(REPORTS)('is the cost: %s %j', async (provider, usage, picoUsd) => {
    await using wire = await wireServer(chatCompletion({ usage, model: 'nobody/knows' }))
    const traced = spans()
    const measured = meters()
    using watched = watchCalls({
      providers: { [hostOf(wire)]: provider },
      tracerProvider: traced.provider,
      meterProvider: measured.provider,
    })
    await connect(wire).chat.completions.create({ ...CHAT, model: 'nobody/knows' })
    await watched.facts(1)
    const cost = watched.calls[0]?.cost
    expect(cost).toMatchObject({ picoUsd, priceSource: 'provider' })
    expect(cost?.breakdown.reduce((sum, part) => sum + part.picoUsd, 0n)).toBe(picoUsd)
    const attributes = traced.ended()[0]?.attributes
    expect(attributes).toMatchObject({ 'ai.cost': Number(picoUsd) / 1e12, 'ai.price.source': 'provider' })
    expect(await measured.read('ai.cost')).toEqual({
      [`nobody/knows chat_completion ${provider}`]: Number(picoUsd) / 1e12,
    })
    // How old a price list is says nothing here.
    expect(await measured.read('ai.price_table.timestamp')).toEqual({})
  })

  test('is read at the end of a stream', async () => {
    const chunk = { id: 'gen-1', object: 'chat.completion.chunk', model: 'nobody/knows', choices: [] }
    const usage = { ...COUNTS, cost: 0.95, cost_details: { upstream_inference_cost: null } }
    await using wire = await wireServer({ pieces: [sse(chunk), sse({ ...chunk, usage })] })
    using watched = watchAlone({ [hostOf(wire)]: 'openrouter' })
    await readAll(await connect(wire).chat.completions.create({ ...CHAT, stream: true }))
    expect((await watched.only()).picoUsd).toBe(950_000_000_000n)
  })

  test('is read in Responses, tools and fees included', async () => {
    const usage = { input_tokens: 9212, output_tokens: 3417, cost_in_usd_ticks: 318_319_000 }
    await using wire = await wireServer(jsonAnswer(responseBody('completed', [], usage)))
    using watched = watchAlone({ [hostOf(wire)]: 'x_ai' })
    await connect(wire).responses.create({ model: 'grok-4', input: 'Hi' })
    expect((await watched.only()).picoUsd).toBe(31_831_900_000n)
  })

  test.each([
    ['from somebody who is not known to report in USD', { ...COUNTS, cost: 9 }],
    ['that is negative', { ...COUNTS, cost_in_usd_ticks: -1 }],
    ['that is a text', { ...COUNTS, cost: '9' }],
  ])('%s is not believed', async (_, usage) => {
    await using wire = await wireServer(chatCompletion({ usage }))
    using watched = watchAlone()
    await connect(wire).chat.completions.create(CHAT)
    // 194 at 0.15 USD a million, 2 at 0.6.
    expect((await watched.only()).picoUsd).toBe(30_300_000n)
  })
})
