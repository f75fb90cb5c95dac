import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { agent, tool } from '../src/index.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

let telemetry: Telemetry

beforeEach(() => {
  forgetGlobals()
  telemetry = new Telemetry()
  trace.setGlobalTracerProvider(telemetry.tracerProvider)
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterEach(async () => {
  await telemetry[Symbol.asyncDispose]()
  context.disable()
  forgetGlobals()
})

const nameOfActive = (): unknown => (trace.getActiveSpan() as unknown as { name?: string } | undefined)?.name
const spanFacts = (): unknown[] =>
  telemetry.spans.map(({ name, kind, attributes, status }) => ({ name, kind, attributes, status: status.code }))

function add(a: number, b: number): number {
  return a + b
}

const TOOL = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'add', 'gen_ai.tool.type': 'function' }

describe('a tool', () => {
  test('is called as the function is: with this, with its arguments, at once', () => {
    const calculator = {
      base: 1,
      add: tool('add', function (this: { base: number }, a: number, b: number): number {
        return this.base + a + b
      }),
    }
    expect(calculator.add(2, 3)).toBe(6)
    expect(spanFacts()).toEqual([
      { name: 'execute_tool add', kind: SpanKind.INTERNAL, attributes: TOOL, status: SpanStatusCode.UNSET },
    ])
  })

  test('keeps its name and length', () => {
    const traced = tool('sum', add)
    expect([traced.name, traced.length]).toEqual(['add', 2])
  })

  test('may be one call of a model', () => {
    tool('add', () => 1, { callId: 'call_1' })()
    expect(telemetry.spans[0]?.attributes).toEqual({ ...TOOL, 'gen_ai.tool.call.id': 'call_1' })
  })

  test('that throws throws the same, and its span says what kind', () => {
    const error = new RangeError('secret text')
    const failing = tool('add', () => {
      throw error
    })
    expect(failing).toThrow(error)
    const [span] = telemetry.spans
    expect(span?.attributes).toEqual({ ...TOOL, 'error.type': 'RangeError' })
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'RangeError' })
  })

  test('ends when its promise does, and is active until then', async () => {
    const inside: unknown[] = []
    const slow = tool('add', async () => {
      await Promise.resolve()
      inside.push(nameOfActive(), telemetry.spans.length)
      return 3
    })
    await expect(slow()).resolves.toBe(3)
    expect([inside, telemetry.spans.length]).toEqual([['execute_tool add', 0], 1])
  })

  test('that rejects rejects with the same', async () => {
    const error = new TypeError('no')
    await expect(tool('add', () => Promise.reject(error))()).rejects.toBe(error)
    expect(telemetry.spans[0]?.attributes).toMatchObject({ 'error.type': 'TypeError' })
  })

  test('that returns a promise with a life of its own hands it out untouched', () => {
    class Lazy extends Promise<number> {}
    const lazy = Lazy.resolve(1)
    const listen = vi.spyOn(lazy, 'then')
    expect(tool('add', () => lazy)()).toBe(lazy)
    expect([listen.mock.calls.length, telemetry.spans.length]).toEqual([0, 1])
  })

  test('that is a generator ends when it has been read', () => {
    const parts: unknown[] = []
    const traced = tool('add', function* (): Generator<unknown> {
      yield nameOfActive()
      yield 2
    })
    for (const part of traced()) parts.push(part, telemetry.spans.length)
    expect([parts, telemetry.spans.length]).toEqual([['execute_tool add', 0, 2, 0], 1])
  })

  test('that is an asynchronous generator ends when it is left', async () => {
    const traced = tool('add', async function* () {
      yield 1
      yield 2
    })
    for await (const part of traced()) {
      expect([part, telemetry.spans.length]).toEqual([1, 0])
      break
    }
    expect(telemetry.spans).toHaveLength(1)
  })

  test('is measured', async () => {
    tool('add', () => 1)()
    const points = await telemetry.histogram('gen_ai.execute_tool.duration')
    expect(points.map(({ attributes }) => attributes)).toEqual([
      { 'gen_ai.tool.name': 'add', 'gen_ai.tool.type': 'function' },
    ])
  })

  test('runs without any OpenTelemetry, too', () => {
    forgetGlobals()
    expect(tool('add', add)(1, 2)).toBe(3)
  })
})

describe('an agent', () => {
  test('is named by its tools, in spans and durations, and not by those of others', async () => {
    const traced = tool('add', add)
    await agent('helper', async () => traced(1, 2))()
    traced(1, 2)
    const tools = telemetry.spans.filter(({ name }) => name === 'execute_tool add')
    expect(tools.map(({ attributes }) => attributes)).toEqual([{ ...TOOL, 'gen_ai.agent.name': 'helper' }, TOOL])
    expect((await telemetry.histogram('gen_ai.execute_tool.duration')).map(({ attributes }) => attributes)).toEqual([
      { 'gen_ai.tool.name': 'add', 'gen_ai.tool.type': 'function', 'gen_ai.agent.name': 'helper' },
      { 'gen_ai.tool.name': 'add', 'gen_ai.tool.type': 'function' },
    ])
  })

  test('has what it does below it', async () => {
    const search = tool('search', async () => 'found')
    const answer = await agent('helper', async () => `${await search()} it`)()
    expect(answer).toBe('found it')
    const [searched, helped] = telemetry.spans
    expect(searched?.parentSpanContext?.spanId).toBe(helped?.spanContext().spanId)
    expect(helped).toMatchObject({
      name: 'invoke_agent helper',
      kind: SpanKind.INTERNAL,
      attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'helper' },
    })
  })
})
