import { EventEmitter } from 'node:events'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { array, assert as check, bigInt, property } from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { agent, type AIScope, type Call, currentAI, tool, withAI } from '../src/index.ts'
import { ANSWERED, chatStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { Diagnostics } from './support/diagnostics.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

const WHO = {
  feature: 'search',
  tenant: 'acme',
  user: 'u-1',
  session: 's-1',
  prompt: { name: 'greeting', version: '3' },
} as const

const ATTRIBUTES = {
  'ai.feature': 'search',
  'ai.tenant': 'acme',
  'user.id': 'u-1',
  'session.id': 's-1',
  'gen_ai.prompt.name': 'greeting',
  'gen_ai.prompt.version': '3',
}

afterEach(forgetGlobals)

/** Records calls, and keeps their records. */
function recording(telemetry: Telemetry): { call: () => void; calls: Call[] } {
  const calls: Call[] = []
  const recorder = telemetry.recorder({ price: flatPrice, detailsEvent: true, onCall: (call) => calls.push(call) })
  return { calls, call: () => recorder.start(chatStart()).end(succeeded()) }
}

describe.each(['with a context manager', 'without one'])('%s', (kind) => {
  beforeEach(() => {
    if (kind === 'with a context manager')
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  })
  afterEach(() => context.disable())

  test('the span, the events and the record of a call say for whom it was made', async () => {
    await using telemetry = new Telemetry()
    const { call, calls } = recording(telemetry)
    withAI(WHO, call)
    expect(telemetry.spans[0]?.attributes).toMatchObject(ATTRIBUTES)
    expect(telemetry.events[0]?.attributes).toMatchObject(ATTRIBUTES)
    expect(calls[0]?.attribution).toEqual(WHO)
  })

  test('it reaches across awaits, timers and listeners, and ends with the function', async () => {
    await using telemetry = new Telemetry()
    const { call, calls } = recording(telemetry)
    const emitter = new EventEmitter()
    await withAI({ feature: 'search' }, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      call()
      await new Promise<void>((resolve) => {
        setTimeout(() => {
          call()
          resolve()
        }, 0)
      })
      emitter.on('asked', call)
      emitter.emit('asked')
    })
    call()
    expect(calls.map(({ attribution }) => attribution)).toEqual([
      { feature: 'search' },
      { feature: 'search' },
      { feature: 'search' },
      undefined,
    ])
  })

  test('it is read when the call begins: what ends later, elsewhere, is its own', async () => {
    await using telemetry = new Telemetry()
    const calls: Call[] = []
    const recorder = telemetry.recorder({ price: flatPrice, onCall: (call) => calls.push(call) })
    let scope: AIScope | undefined
    const open = withAI({ tenant: 'acme' }, (given) => {
      scope = given
      return recorder.start(chatStart())
    })
    withAI({ tenant: 'other' }, () => open.end(succeeded()))
    expect(calls[0]?.attribution).toEqual({ tenant: 'acme' })
    expect(scope?.totals.calls).toBe(1)
  })

  test('inside another the fields of both hold, the inner ones first, and both add up', async () => {
    await using telemetry = new Telemetry()
    const { call, calls } = recording(telemetry)
    const totals = withAI({ feature: 'chat', tenant: 'acme', prompt: { name: 'a', version: '1' } }, (outer) => {
      call()
      const inner = withAI({ feature: 'summary', prompt: { name: 'b' } }, (scope) => {
        call()
        expect(currentAI()).toBe(scope)
        return scope.totals
      })
      expect(currentAI()).toBe(outer)
      return { inner, outer: outer.totals }
    })
    expect(calls[1]?.attribution).toEqual({ feature: 'summary', tenant: 'acme', prompt: { name: 'b' } })
    expect(totals.inner).toEqual({
      calls: 1,
      inputTokens: 100,
      outputTokens: 20,
      usd: '0.00015',
      unpriced: 0,
      retries: 0,
    })
    expect(totals.outer).toEqual({
      calls: 2,
      inputTokens: 200,
      outputTokens: 40,
      usd: '0.0003',
      unpriced: 0,
      retries: 0,
    })
    expect(currentAI()).toBeUndefined()
  })

  test('what the function returns and throws is its own', async () => {
    const error = new Error('mine')
    const promise = Promise.resolve(1)
    expect(withAI({}, () => promise)).toBe(promise)
    expect(() =>
      withAI({}, () => {
        throw error
      }),
    ).toThrow(error)
    await expect(withAI({}, () => Promise.reject(error))).rejects.toBe(error)
  })
})

test('tools and agents have it on their spans', async () => {
  await using telemetry = new Telemetry()
  trace.setGlobalTracerProvider(telemetry.tracerProvider)
  withAI(WHO, () => agent('helper', () => tool('search', () => 1)())())
  expect(telemetry.spans.map(({ name }) => name)).toEqual(['execute_tool search', 'invoke_agent helper'])
  for (const { attributes } of telemetry.spans) expect(attributes).toMatchObject(ATTRIBUTES)
})

test('a call that fails has it on the event of its exception', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder()
  withAI(WHO, () => recorder.start(chatStart()).end(failed(500, 'server_error')))
  expect(telemetry.events[0]?.attributes).toEqual({ 'exception.type': 'Error', ...ATTRIBUTES })
})

test('the prompt that the request names is stronger, version and all', async () => {
  await using telemetry = new Telemetry()
  const { request } = chatStart()
  const start = chatStart({ request: { ...request, parameters: { promptName: 'pmpt_1' } } })
  withAI(WHO, () => telemetry.recorder().start(start).end(succeeded()))
  expect(telemetry.spans[0]?.attributes['gen_ai.prompt.name']).toBe('pmpt_1')
  expect(telemetry.spans[0]?.attributes).not.toHaveProperty('gen_ai.prompt.version')
})

test('no metric has it', async () => {
  await using telemetry = new Telemetry()
  withAI(WHO, recording(telemetry).call)
  const series = Object.keys(await telemetry.points()).join('\n')
  expect(series).toContain('ai.cost')
  expect(series).not.toMatch(/acme|u-1|s-1|greeting|search/)
})

test('the totals tell calls whose cost is unknown, and retries, apart', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder()
  const totals = withAI({}, (scope) => {
    recorder.start(chatStart()).end(succeeded({ attempts: [{ ...ANSWERED, status: 500 }, ANSWERED] }))
    return scope.totals
  })
  expect(totals).toEqual({ calls: 1, inputTokens: 100, outputTokens: 20, usd: '0', unpriced: 1, retries: 1 })
})

test('sums are exact, to the pico-dollar, in whatever order the calls come', () => {
  const cost = bigInt({ min: 0n, max: 10n ** 18n })
  check(
    property(array(cost, { maxLength: 50 }), (costs) => {
      const recorder = new Telemetry().recorder({
        price: () => ({
          cost: {
            picoUsd: costs[next++] ?? 0n,
            usd: 0,
            breakdown: [],
            priceSource: 'list@1',
            priceDate: '2026-11-01',
            tier: 'default',
          },
        }),
      })
      let next = 0
      const { usd } = withAI({}, (scope) => {
        for (const _ of costs) recorder.start(chatStart()).end(succeeded())
        return scope.totals
      })
      const [whole = '', fraction = ''] = usd.split('.')
      expect(BigInt(whole + fraction.padEnd(12, '0'))).toBe(costs.reduce((sum, pico) => sum + pico, 0n))
    }),
    { numRuns: 20 },
  )
})

describe('a value that cannot be used', () => {
  test('is said once, and the rest holds', () => {
    using diagnostics = new Diagnostics()
    const wrong = { feature: 7, tenant: 'acme', prompt: 'greeting' } as never
    for (const _ of [1, 2]) expect(withAI(wrong, (scope) => scope.attribution)).toEqual({ tenant: 'acme' })
    expect(diagnostics.warnings).toEqual([
      'tokenmeter: withAI(): `feature` must be a text, got number; calls are recorded without it',
      'tokenmeter: withAI(): `prompt` must be an object, got string; calls are recorded without it',
    ])
  })

  test.each([[null], [undefined], ['acme'], [{ feature: null, user: Symbol('u'), session: '', prompt: {} }]])(
    'never reaches the host: %s',
    (value) => {
      expect(withAI(value as never, (scope) => scope.attribution)).toEqual({})
    },
  )

  test('may throw when it is read', () => {
    const hostile = {
      get tenant(): string {
        throw new Error('no')
      },
    }
    expect(withAI(hostile, () => 'done')).toBe('done')
  })

  test('is cleaned of control characters and halves of characters, and cut after 256 characters', () => {
    const who = { feature: ' a\r\nb\u0000c\ud800 ', tenant: 'x'.repeat(1000), user: `${'y'.repeat(255)}😀` }
    expect(withAI(who, (scope) => scope.attribution)).toEqual({
      feature: 'a b c',
      tenant: 'x'.repeat(256),
      user: 'y'.repeat(255),
    })
  })
})

interface Incoming {
  readonly tenant: string
}

const whoAmI = (): unknown => currentAI()?.attribution
const describeIt = ({ tenant }: Incoming): { tenant: string } => ({ tenant })

describe('withAI.request', () => {
  test('is middleware that ends with `next`, as in Express', () => {
    const seen: unknown[] = []
    withAI.request(describeIt)({ tenant: 'acme' }, {}, () => seen.push(whoAmI()))
    expect(seen).toEqual([{ tenant: 'acme' }])
  })

  test('and of two parameters, as in Koa and Hono, and gives what `next` does', () => {
    const next = Promise.resolve('answer')
    const seen: unknown[] = []
    const answer = withAI.request(describeIt)({ tenant: 'acme' }, () => {
      seen.push(whoAmI())
      return next
    })
    expect(answer).toBe(next)
    expect(seen).toEqual([{ tenant: 'acme' }])
  })

  test('wraps a handler, with its arguments, `this` and result', () => {
    const handler = {
      greeting: 'hi',
      post: withAI.request(describeIt, function (this: { greeting: string }, request: Incoming, second: number) {
        return [this.greeting, request.tenant, second, whoAmI()]
      }),
    }
    expect(handler.post({ tenant: 'acme' }, 2)).toEqual(['hi', 'acme', 2, { tenant: 'acme' }])
  })

  test('goes on without attribution where it cannot be told', () => {
    using diagnostics = new Diagnostics()
    const broken = withAI.request(() => {
      throw new Error('no tenant')
    })
    expect(broken({}, () => 'next')).toBe('next')
    expect(diagnostics.errors).toHaveLength(1)
  })
})
