import { AsyncLocalStorage } from 'node:async_hooks'
import { context, createContextKey, trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, chatStream, rateLimited, response } from '../support/wire-answers.ts'
import { type Answer, type WireRequest, wireServer } from '../support/wire-server.ts'

const STREAMS = 200
const REQUESTS = 1000
const TENANT = createContextKey('tenant')

/** What a caller sees of itself, by an `AsyncLocalStorage` of its own, by OpenTelemetry's context, and by the active span. */
const tenants = new AsyncLocalStorage<number>()
const whoAmI = (): unknown[] => [
  tenants.getStore(),
  context.active().getValue(TENANT),
  trace.getActiveSpan()?.spanContext().spanId,
]

/** Usage that is another for every caller. */
const usageOf = (caller: number): { prompt: number; completion: number } => ({
  prompt: 1000 + caller,
  completion: 7 * caller + 1,
})

const chatUsage = (caller: number): object => {
  const { prompt, completion } = usageOf(caller)
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

const responseUsage = (caller: number): object => {
  const { prompt, completion } = usageOf(caller)
  return { input_tokens: prompt, output_tokens: completion, total_tokens: prompt + completion }
}

/** Answers every caller by the model it asks for, `model-17`, in an order of its own, and every fifth caller's first request by a 429. */
class Provider {
  readonly #waiting: (() => void)[] = []
  readonly #refused = new Set<number>()
  readonly #crowd: number

  /** @param crowd as many requests as must be there before any is answered. */
  constructor(crowd: number) {
    this.#crowd = crowd
  }

  async answer({ body, path }: WireRequest): Promise<Answer> {
    const { model, stream } = JSON.parse(body) as { model: string; stream?: boolean }
    const caller = Number(model.replace('model-', ''))
    await this.#inDisorder()
    if (caller % 5 === 0 && !this.#refused.has(caller)) {
      this.#refused.add(caller)
      return rateLimited()
    }
    if (stream) return chatStream(['a', 'b', 'c'], { chunk: { model }, usage: chatUsage(caller) })
    return path.endsWith('/responses')
      ? response({ model, usage: responseUsage(caller) })
      : chatCompletion({ model, usage: chatUsage(caller) })
  }

  /** Holds the first ones until the whole crowd is here, and lets them go last come, first served; who comes later goes at once. */
  #inDisorder(): Promise<void> {
    if (this.#waiting.length >= this.#crowd) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      if (this.#waiting.length === this.#crowd) for (const go of this.#waiting.toReversed()) go()
    })
  }
}

interface Caller {
  readonly before: unknown[]
  readonly after: unknown[][]
  readonly spanId: string
}

/** Runs `work` under a parent span, a tenant and a store of its own, and notes what it sees of them. */
async function runAs(
  caller: number,
  provider: ReturnType<typeof spans>['provider'],
  work: (note: () => void) => Promise<unknown>,
): Promise<Caller> {
  const tenant = context.active().setValue(TENANT, caller)
  return tenants.run(caller, () =>
    context.with(tenant, () =>
      provider.getTracer('app').startActiveSpan(`caller ${caller}`, async (span) => {
        const before = whoAmI()
        const after: unknown[][] = []
        await work(() => after.push(whoAmI()))
        after.push(whoAmI())
        span.end()
        return { before, after, spanId: span.spanContext().spanId }
      }),
    ),
  )
}

const countOf = (span: ReadableSpan, name: string): number => Number(span.attributes[name])

/** Every caller has one call below it, which is its own, and nobody else's context was ever seen. */
function expectKeptApart(callers: readonly Caller[], ended: readonly ReadableSpan[]): void {
  const calls = ended.filter(({ name }) => !name.startsWith('caller'))
  expect(calls).toHaveLength(callers.length)
  const callOf = new Map(calls.map((span) => [span.parentSpanContext?.spanId, span]))
  for (const [caller, { before, after, spanId }] of callers.entries()) {
    expect(before).toEqual([caller, caller, spanId])
    for (const seen of after) expect(seen).toEqual(before)
    const call = callOf.get(spanId) as ReadableSpan
    const { prompt, completion } = usageOf(caller)
    expect({
      model: [call.attributes['gen_ai.request.model'], call.attributes['gen_ai.response.model']],
      tokens: [countOf(call, 'gen_ai.usage.input_tokens'), countOf(call, 'gen_ai.usage.output_tokens')],
      attempts: call.attributes['ai.attempts'],
      events: call.events.map(({ attributes }) => attributes?.['http.response.status_code']),
    }).toEqual({
      model: [`model-${caller}`, `model-${caller}`],
      tokens: [prompt, completion],
      attempts: caller % 5 === 0 ? 2 : 1,
      events: caller % 5 === 0 ? [429, 200] : [],
    })
  }
}

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  test(`${STREAMS} streams at once, some of them retried, keep context, parents and tokens apart`, async () => {
    const answers = new Provider(STREAMS)
    await using wire = await wireServer((request) => answers.answer(request))
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire, { maxRetries: 1 })
    const run = (caller: number): Promise<Caller> =>
      runAs(caller, provider, async (note) => {
        const stream = await client.chat.completions.create({
          model: `model-${caller}`,
          messages: [{ role: 'user', content: 'Hi' }],
          stream: true,
          stream_options: { include_usage: true },
        })
        for await (const _ of stream) note()
      })
    const callers = await Promise.all(Array.from({ length: STREAMS }, (_, caller) => run(caller)))
    await watched.facts(STREAMS)
    expectKeptApart(callers, ended())
    expect(callers.every(({ after }) => after.length === 6)).toBe(true)
  })

  test(`${REQUESTS} requests, interleaved and some of them retried, keep context, parents and tokens apart`, async () => {
    const answers = new Provider(100)
    await using wire = await wireServer((request) => answers.answer(request))
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire, { maxRetries: 1 })
    const ask = (caller: number): Promise<Caller> =>
      runAs(caller, provider, async (note) => {
        const model = `model-${caller}`
        const call =
          caller % 2 === 0
            ? client.responses.create({ model, input: 'Hi' })
            : client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] })
        note()
        await call
      })
    // A hundred on their way at any time: whenever one is done, the next one starts, in the context of whoever was done.
    const callers: Caller[] = []
    let next = 0
    const work = async (): Promise<void> => {
      while (next < REQUESTS) {
        const caller = next++
        callers[caller] = await ask(caller)
      }
    }
    await Promise.all(Array.from({ length: 100 }, work))
    await watched.facts(REQUESTS)
    expectKeptApart(callers, ended())
    const total = watched.calls.reduce(
      (sum, { usage }) => sum + (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0),
      0,
    )
    const all = Array.from({ length: REQUESTS }, (_, caller) => usageOf(caller))
    expect(total).toBe(all.reduce((sum, { prompt, completion }) => sum + prompt + completion, 0))
  })
})
