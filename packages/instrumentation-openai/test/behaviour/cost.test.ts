import { diag, DiagLogLevel } from '@opentelemetry/api'
import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** Prices of gpt-4o-mini in USD a million tokens: 0.15 for input, 0.075 for cached input, 0.6 for output. */
const PLAIN = { prompt_tokens: 1_000_003, completion_tokens: 7 }
const CACHED = { ...PLAIN, prompt_tokens_details: { cached_tokens: 500_001 } }

const newest = MAJORS.at(-1)!

describe.each(MAJORS)('with openai $major, a call of gpt-4o-mini', ({ connect }) => {
  test.each([
    ['input and output', PLAIN, 1_000_003n * 150_000n + 7n * 600_000n],
    ['input, of which some was cached, and output', CACHED, 500_002n * 150_000n + 500_001n * 75_000n + 7n * 600_000n],
  ])('costs exactly its %s', async (_, usage, picoUsd) => {
    await using wire = await wireServer(chatCompletion({ usage }))
    const { provider, read } = meters()
    using watched = watchCalls({ meterProvider: provider })
    await connect(wire).chat.completions.create(CHAT)
    await watched.facts(1)
    const cost = watched.calls[0]?.cost
    expect(cost?.picoUsd).toBe(picoUsd)
    expect(cost?.breakdown.reduce((sum, part) => sum + part.picoUsd, 0n)).toBe(picoUsd)
    expect(cost?.usd).toBe(Number(picoUsd) / 1e12)
    expect(await read('ai.cost')).toEqual({ 'gpt-4o-mini chat_completion openai': cost?.usd })
  })

  test.each([
    ['the model is not listed', { model: 'my-own-model' }, 'unknown_model'],
    ['the tier is not listed', { service_tier: 'scale' }, 'unknown_tier'],
  ])('has no cost and a reason when %s', async (_, body, unpriced) => {
    await using wire = await wireServer(chatCompletion(body))
    using watched = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
    const call = await watched.only()
    expect(call.picoUsd).toBeUndefined()
    expect(call.unpriced).toBe(unpriced)
  })

  test('that failed before an answer has neither a cost nor a reason for having none', async () => {
    await using wire = await wireServer({ status: 400 })
    using watched = watchCalls()
    await connect(wire)
      .chat.completions.create(CHAT)
      .catch(() => {})
    await watched.facts(1)
    expect(watched.calls[0]).not.toHaveProperty('cost')
    expect(watched.calls[0]).not.toHaveProperty('unpriced')
  })
})

const silent = (): void => {}

test('prices of the user that cannot be used are said once, and calls cost what they cost without', async () => {
  await using wire = await wireServer(chatCompletion({ usage: PLAIN }))
  const said: string[] = []
  const warn = (line: string): void => void said.push(line)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
  const wrong = { prices: { prices: [] as never, date: 'today' }, azure: { deployments: { mine: '' }, zone: 'eu' } }
  watchCalls(wrong)[Symbol.dispose]()
  using watched = watchCalls(wrong)
  diag.disable()
  await newest.connect(wire).chat.completions.create(CHAT)
  expect((await watched.only()).picoUsd).toBe(150_004_650_000n)
  expect(said).toEqual([
    'tokenmeter: the option prices cannot be used:\n  date must be a day such as "2026-11-24", got "today"; going on without',
    'tokenmeter: azure.deployments must be deployments with their models, such as { "my-deploy": "gpt-4o-mini" } or ' +
      '"my-deploy=gpt-4o-mini,other=gpt-4o", got {"mine":""}; going on without',
  ])
})
