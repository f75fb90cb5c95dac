import { type AIScope, withAI } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, chatStream, rateLimited } from '../support/wire-answers.ts'
import { type Answer, type WireRequest, wireServer } from '../support/wire-server.ts'

const REQUESTS = 1000
const STREAMS = 200
const CROWD = 100
const QUESTION = [{ role: 'user' as const, content: 'Hi' }]

const nameOf = (caller: number): string => `model-${caller}`

/** Usage that is another for every caller. */
const usageOf = (caller: number): object => ({
  prompt_tokens: caller + 1,
  completion_tokens: 2,
  total_tokens: caller + 3,
})

/** Answers with each caller's own usage, last come, first served; every seventh caller's first request by a 429. */
function answers(): (request: WireRequest) => Promise<Answer> {
  const waiting: (() => void)[] = []
  const refused = new Set<string>()
  return async ({ body }) => {
    const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean }
    const caller = Number(model.replace('model-', ''))
    if (waiting.length < CROWD) {
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (waiting.length === CROWD) for (const go of waiting.toReversed()) go()
      })
    }
    if (caller % 7 === 0 && !refused.has(model)) {
      refused.add(model)
      return rateLimited()
    }
    const usage = usageOf(caller)
    return stream ? chatStream(['a', 'b'], { chunk: { model }, usage }) : chatCompletion({ model, usage })
  }
}

/** Runs `ask` for each caller under a tenant of its own, a hundred at any time. */
async function underScopes(count: number, ask: (caller: number) => Promise<void>): Promise<AIScope[]> {
  const scopes: AIScope[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < count) {
      const caller = next++
      await withAI({ feature: 'load', tenant: nameOf(caller) }, (scope) => {
        scopes[caller] = scope
        return ask(caller)
      })
    }
  }
  await Promise.all(Array.from({ length: CROWD }, work))
  return scopes
}

const totalsOf = (caller: number): object => ({
  calls: 1,
  inputTokens: caller + 1,
  outputTokens: 2,
  usd: '0',
  unpriced: 1,
  retries: caller % 7 === 0 ? 1 : 0,
})

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  test(`${REQUESTS} interleaved requests, some of them retried, keep attribution and totals apart`, async () => {
    await using wire = await wireServer(answers())
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire, { maxRetries: 1 })
    const scopes = await withAI({ tenant: 'outer', session: 's-1' }, async (outer) => {
      const inner = await underScopes(REQUESTS, async (caller) => {
        await client.chat.completions.create({ model: nameOf(caller), messages: QUESTION })
      })
      await watched.facts(REQUESTS)
      expect(outer.totals).toMatchObject({ calls: REQUESTS, outputTokens: 2 * REQUESTS, retries: 143 })
      return inner
    })
    expect(scopes.map(({ totals }) => totals)).toEqual(scopes.map((_, caller) => totalsOf(caller)))
    for (const { attribution, request } of watched.calls)
      expect(attribution).toEqual({ feature: 'load', tenant: request.model, session: 's-1' })
    for (const { attributes } of ended()) expect(attributes['ai.tenant']).toBe(attributes['gen_ai.request.model'])
  })

  test(`${STREAMS} streams that are read when their scopes are over keep attribution and totals apart`, async () => {
    await using wire = await wireServer(answers())
    using watched = watchCalls()
    const client = connect(wire, { maxRetries: 1 })
    const streams: AsyncIterable<unknown>[] = []
    const scopes = await underScopes(STREAMS, async (caller) => {
      streams[caller] = await client.chat.completions.create({
        model: nameOf(caller),
        messages: QUESTION,
        stream: true,
        stream_options: { include_usage: true },
      })
    })
    expect(scopes.map(({ totals }) => totals['calls'])).toEqual(scopes.map(() => 0))
    await withAI({ tenant: 'reader' }, async () => {
      for (const stream of streams) for await (const _ of stream);
    })
    await watched.facts(STREAMS)
    expect(scopes.map(({ totals }) => totals)).toEqual(scopes.map((_, caller) => totalsOf(caller)))
    for (const { attribution, request } of watched.calls)
      expect(attribution).toEqual({ feature: 'load', tenant: request.model })
  })

  test('a promise of a call that is awaited elsewhere belongs to where it was made', async () => {
    await using wire = await wireServer(() => chatCompletion())
    using watched = watchCalls()
    const client = connect(wire)
    const asked = withAI({ tenant: 'acme' }, () =>
      client.chat.completions.create({ model: 'gpt-4o-mini', messages: QUESTION }),
    )
    await withAI({ tenant: 'other' }, () => asked)
    await watched.facts(1)
    expect(watched.calls[0]?.attribution).toEqual({ tenant: 'acme' })
  })
})
