import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import { setAttributionBaggage, withAI } from '@tokenmeter/meter'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion, rateLimited } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CBaggagePropagator())
})
afterEach(() => {
  setAttributionBaggage({})
  propagation.disable()
  context.disable()
})

/** What instrumentation of HTTP puts into a request that is made now. */
function baggageOfRequest(): string | undefined {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers['baggage']
}

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  test("no attempt of a call carries its attribution to the provider, and all carry the application's own baggage", async () => {
    setAttributionBaggage({ in: ['user'], out: ['feature', 'tenant', 'user'] })
    await using wire = await wireServer([rateLimited(), chatCompletion()])
    using watched = watchCalls()
    const sent: unknown[] = []
    const fetchAndNote: typeof fetch = (...all) => {
      sent.push(baggageOfRequest())
      return fetch(...all)
    }
    const client = connect(wire, { fetch: fetchAndNote as never, maxRetries: 1 })
    const incoming = propagation.createBaggage({ color: { value: 'blue' }, 'user.id': { value: 'u-1' } })
    await context.with(propagation.setBaggage(context.active(), incoming), () =>
      withAI({ feature: 'search', tenant: 'acme' }, async () => {
        expect(baggageOfRequest()).toBe('color=blue,user.id=u-1,ai.feature=search,ai.tenant=acme')
        await client.chat.completions.create(CHAT)
      }),
    )
    await watched.facts(1)
    expect(sent).toEqual(['color=blue', 'color=blue'])
    expect(watched.calls[0]?.attribution).toEqual({ feature: 'search', tenant: 'acme', user: 'u-1' })
  })

  test('neither does a request that is no call', async () => {
    setAttributionBaggage({ out: ['tenant'] })
    await using wire = await wireServer({ body: '{"object":"list","data":[]}' })
    using watched = watchCalls()
    const sent: unknown[] = []
    const fetchAndNote: typeof fetch = (...all) => {
      sent.push(baggageOfRequest())
      return fetch(...all)
    }
    const client = connect(wire, { fetch: fetchAndNote as never })
    await withAI({ tenant: 'acme' }, async () => {
      await client.models.list()
      expect(baggageOfRequest()).toBe('ai.tenant=acme')
    })
    expect([sent, watched.calls]).toEqual([[undefined], []])
  })
})
