import { trace } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion, chatStream, rateLimited } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const idOf = (span: ReadableSpan | undefined): string | undefined => span?.spanContext().spanId
const activeId = (): string | undefined => trace.getActiveSpan()?.spanContext().spanId

describe.each(MAJORS)("with openai $major, a call's span", ({ connect }) => {
  test('is a child of the active span, and active for each attempt but not for the application', async () => {
    await using wire = await wireServer([rateLimited(), chatCompletion()])
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const active: unknown[] = []
    const fetchAndNote: typeof fetch = (...all) => {
      active.push(activeId())
      return fetch(...all)
    }
    const client = connect(wire, { fetch: fetchAndNote as never, maxRetries: 1 })
    await provider.getTracer('app').startActiveSpan('parent', async (parent) => {
      const before = activeId()
      const promise = client.chat.completions.create(CHAT)
      expect(activeId()).toBe(before)
      await promise.then(() => expect(activeId()).toBe(before))
      await promise
      expect(activeId()).toBe(before)
      parent.end()
    })
    const [call, parent] = ended()
    expect([call?.name, parent?.name]).toEqual(['chat gpt-4o-mini', 'parent'])
    expect(call?.parentSpanContext?.spanId).toBe(idOf(parent))
    expect(active).toEqual([idOf(call), idOf(call)])
    expect(watched.calls).toHaveLength(1)
  })

  test('is not active in the loop over a stream', async () => {
    await using wire = await wireServer(chatStream(['Hello', ', world']))
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const active = new Set<unknown>()
    const client = connect(wire)
    await provider.getTracer('app').startActiveSpan('parent', async (parent) => {
      for await (const _ of await client.chat.completions.create(CHAT_STREAM)) active.add(activeId())
      active.add(activeId())
      parent.end()
    })
    const [call, parent] = ended()
    expect([...active]).toEqual([idOf(parent)])
    expect(watched.calls).toHaveLength(1)
    expect(call?.parentSpanContext?.spanId).toBe(idOf(parent))
  })

  test('belongs to where the call was made, not to where it is awaited', async () => {
    await using wire = await wireServer(chatCompletion())
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire)
    const tracer = provider.getTracer('app')
    const maker = tracer.startActiveSpan('maker', (span) => ({ span, promise: client.chat.completions.create(CHAT) }))
    await tracer.startActiveSpan('waiter', async (span) => {
      await maker.promise
      span.end()
    })
    maker.span.end()
    await watched.facts(1)
    const call = ended().find(({ name }) => name.startsWith('chat'))
    expect(call?.parentSpanContext?.spanId).toBe(maker.span.spanContext().spanId)
  })

  test('is a root span where nothing is active', async () => {
    await using wire = await wireServer(chatCompletion())
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    await connect(wire).chat.completions.create(CHAT)
    await watched.facts(1)
    expect(ended().map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined])
  })

  test('keeps its own parent among 100 calls at once', async () => {
    await using wire = await wireServer(async () => {
      await wire.arrived(100)
      return chatCompletion()
    })
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire)
    const tracer = provider.getTracer('app')
    const ask = async (model: string): Promise<void> =>
      tracer.startActiveSpan(`parent of chat ${model}`, async (parent) => {
        await client.chat.completions.create({ ...CHAT, model })
        parent.end()
      })
    await Promise.all(Array.from({ length: 100 }, (_, index) => ask(`model-${index}`)))
    await watched.facts(100)
    const byId = new Map(ended().map((span) => [idOf(span), span]))
    const calls = ended().filter(({ name }) => name.startsWith('chat'))
    expect(calls).toHaveLength(100)
    for (const { name, parentSpanContext } of calls) {
      expect(byId.get(parentSpanContext?.spanId)?.name).toBe(`parent of ${name}`)
    }
  })
})
