import { type BaggageEntry, context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Attribution, currentAI, readBaggageSettings, setAttributionBaggage, tool, withAI } from '../src/index.ts'
import { chatStart, succeeded } from './support/calls.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

const WHO: Attribution = {
  feature: 'search',
  tenant: 'acme & sons',
  user: 'u-1',
  session: 's-1',
  prompt: { name: 'greeting', version: '3' },
}
const EVERYTHING = ['feature', 'tenant', 'user', 'session', 'prompt'] as const

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CBaggagePropagator())
})
afterEach(() => {
  setAttributionBaggage({})
  context.disable()
  propagation.disable()
  forgetGlobals()
})

/** The header that instrumentation of HTTP would send now. */
function sentHeader(): string | undefined {
  const headers: Record<string, string> = {}
  propagation.inject(context.active(), headers)
  return headers['baggage']
}

/** Runs `run` as a server does that was sent this header. */
function received<Result>(baggage: string, run: () => Result): Result {
  return context.with(propagation.extract(ROOT_CONTEXT, { baggage }), run)
}

/** What a call that begins here says for whom it is made. */
async function attributionOfCall(run: (call: () => void) => void): Promise<Attribution | undefined> {
  await using telemetry = new Telemetry()
  let attribution: Attribution | undefined
  const recorder = telemetry.recorder({ onCall: (call) => (attribution = call.attribution) })
  run(() => recorder.start(chatStart()).end(succeeded()))
  return attribution
}

const HEADER =
  'ai.feature=search,ai.tenant=acme%20%26%20sons,user.id=u-1,session.id=s-1,gen_ai.prompt.name=greeting,gen_ai.prompt.version=3'

test('without a setting baggage neither tells for whom a call is made nor is told', async () => {
  expect(await attributionOfCall((call) => received(HEADER, call))).toBeUndefined()
  expect(withAI(WHO, sentHeader)).toBeUndefined()
})

describe('out:', () => {
  test('what is named goes to other services', () => {
    setAttributionBaggage({ out: EVERYTHING })
    expect(withAI(WHO, sentHeader)).toBe(HEADER)
    expect(sentHeader()).toBeUndefined()
  })

  test('what is not named stays here', () => {
    setAttributionBaggage({ out: ['feature'] })
    expect(withAI(WHO, sentHeader)).toBe('ai.feature=search')
  })

  test('it comes behind what the application has put there, which stays', () => {
    setAttributionBaggage({ out: ['tenant', 'prompt'] })
    const own = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ color: { value: 'blue' } }))
    const header = context.with(own, () => withAI({ tenant: 'acme', prompt: { name: 'greeting' } }, sentHeader))
    expect(header).toBe('color=blue,ai.tenant=acme,gen_ai.prompt.name=greeting')
  })

  test('it goes across awaits, and an inner scope says what is different', async () => {
    setAttributionBaggage({ out: ['feature', 'tenant'] })
    const header = await withAI({ feature: 'chat', tenant: 'acme' }, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return withAI({ feature: 'summary' }, sentHeader)
    })
    expect(header).toBe('ai.feature=summary,ai.tenant=acme')
  })

  test('a request to the provider carries what the application has put there, and nothing of ours', async () => {
    setAttributionBaggage({ in: EVERYTHING, out: EVERYTHING })
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder()
    const header = received('color=blue,ai.feature=search', () =>
      withAI(WHO, () => context.with(recorder.start(chatStart()).context, sentHeader)),
    )
    expect(header).toBe('color=blue')
  })

  test('what it carries of the same kind by its own choice stays, too', async () => {
    setAttributionBaggage({ in: ['tenant'], out: ['feature'] })
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder()
    const header = received(HEADER, () =>
      withAI(WHO, () => context.with(recorder.start(chatStart()).context, sentHeader)),
    )
    expect(header).toBe('user.id=u-1,session.id=s-1,gen_ai.prompt.name=greeting,gen_ai.prompt.version=3')
  })

  test('the attribution of a call that begins while another is being sent is still known', async () => {
    setAttributionBaggage({ in: ['tenant'], out: ['tenant'] })
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder()
    const attribution = withAI({ tenant: 'acme' }, () =>
      context.with(recorder.start(chatStart()).context, () => currentAI()?.attribution),
    )
    expect(attribution).toEqual({ tenant: 'acme' })
  })
})

describe('in:', () => {
  test('what is named is taken from the baggage, for calls, tools and scopes', async () => {
    setAttributionBaggage({ in: EVERYTHING })
    expect(await attributionOfCall((call) => received(HEADER, call))).toEqual(WHO)
    await using telemetry = new Telemetry()
    trace.setGlobalTracerProvider(telemetry.tracerProvider)
    received(
      HEADER,
      tool('look', () => {}),
    )
    expect(telemetry.spans[0]?.attributes).toMatchObject({ 'ai.tenant': 'acme & sons', 'user.id': 'u-1' })
    expect(received(HEADER, () => withAI({ feature: 'chat' }, ({ attribution }) => attribution))).toEqual({
      ...WHO,
      feature: 'chat',
    })
  })

  test('what is not named is not', async () => {
    setAttributionBaggage({ in: ['tenant'] })
    expect(await attributionOfCall((call) => received(HEADER, call))).toEqual({ tenant: 'acme & sons' })
  })

  test('withAI is stronger, also where the baggage came later', async () => {
    setAttributionBaggage({ in: ['feature', 'tenant'] })
    const late = propagation.createBaggage({ 'ai.feature': { value: 'b' }, 'ai.tenant': { value: 't' } })
    const attribution = await attributionOfCall((call) =>
      withAI({ feature: 'a' }, () => context.with(propagation.setBaggage(context.active(), late), call)),
    )
    expect(attribution).toEqual({ feature: 'a', tenant: 't' })
  })

  test.each<[string, BaggageEntry, Attribution | undefined]>([
    ['is long', { value: 'x'.repeat(10_000) }, { tenant: 'x'.repeat(256) }],
    ['breaks lines', { value: 'a\nb\u0000c' }, { tenant: 'a b c' }],
    ['says nothing', { value: ' ' }, {}],
  ])('a value that %s is bounded like one of withAI', async (_, entry, expected) => {
    setAttributionBaggage({ in: ['tenant'] })
    const baggage = propagation.createBaggage({ 'ai.tenant': entry })
    const attribution = await attributionOfCall((call) =>
      context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), call),
    )
    expect(attribution).toEqual(expected)
  })
})

test('baggage that is none does not reach the application', () => {
  setAttributionBaggage({ in: ['tenant'], out: ['tenant'] })
  const strange = propagation.setBaggage(ROOT_CONTEXT, { getEntry: 'nothing' } as never)
  expect(context.with(strange, () => withAI({ feature: 'search' }, ({ attribution }) => attribution))).toEqual({
    feature: 'search',
  })
})

describe('settings', () => {
  test('are lists, or words with commas', () => {
    expect(readBaggageSettings({ in: 'feature, tenant', out: ['feature'] })).toEqual({
      in: ['feature', 'tenant'],
      out: ['feature'],
    })
    expect(readBaggageSettings({})).toEqual({})
  })
  test.each<[unknown, string]>([
    [
      { in: 'feature,mail' },
      'baggage.in must be a list of feature, tenant, user, session, prompt, such as ["feature", "tenant"], got "feature,mail"',
    ],
    [{ out: true }, 'baggage.out must be a list of'],
    [{ both: ['feature'] }, 'baggage.both is not a field; there is: in, out'],
    ['feature', 'baggage must be { in: ["feature", "tenant"], out: ["feature"] }, or either of them'],
  ])('%j is refused', (value, message) => {
    expect(() => readBaggageSettings(value)).toThrow(message)
  })
})
