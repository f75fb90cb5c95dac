import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type CaptureMode, type ContentScrubber, tool } from '../src/index.ts'
import { turns } from './support/drain.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterEach(() => {
  forgetGlobals()
  context.disable()
})

const scrubber: ContentScrubber = { scrub: (text) => text.replaceAll('secret', '***') }

const attributesOf = async (mode: CaptureMode, run: () => unknown): Promise<unknown[]> => {
  await using telemetry = new Telemetry()
  trace.setGlobalTracerProvider(telemetry.tracerProvider)
  const recorder = telemetry.recorder({ content: { scrubber, capture: mode } })
  recorder.shareContent()
  await run()
  await turns()
  recorder.unshareContent()
  const names = ['gen_ai.tool.call.arguments', 'gen_ai.tool.call.result']
  return telemetry.spans.map(({ attributes }) =>
    names.map((name) => (attributes[name] === undefined ? undefined : JSON.parse(String(attributes[name])))),
  )
}

const oddCalls = (): void => {
  tool('json', (text: string) => text)('{"a":1}')
  tool('text', (text: string) => text.length)('secret')
  tool('several', (a: string, b: number) => [a, b])('x', 2)
  tool('nothing', () => undefined)()
}

describe('a tool', () => {
  test('has its arguments as they were when it was called, and its result, both clean', async () => {
    const args = { who: 'secret', list: [1, { deep: 'a secret' }] }
    const run = tool('look_up', async (given: typeof args) => {
      given.who = 'changed'
      return { found: 'secret' }
    })
    expect(await attributesOf('SPAN_ONLY', () => run(args))).toEqual([
      [{ who: '***', list: [1, { deep: 'a ***' }] }, { found: '***' }],
    ])
  })

  test('has objects, whatever the function takes and returns', async () => {
    expect(await attributesOf('SPAN_AND_EVENT', oddCalls)).toEqual([
      [{ a: 1 }, { a: 1 }],
      [{ argument: '***' }, { result: 6 }],
      [{ arguments: ['x', 2] }, { result: ['x', 2] }],
      [undefined, undefined],
    ])
  })

  test('runs no code of the application for what is recorded', async () => {
    let ran = 0
    const args = {
      get secret() {
        return ran++
      },
      toJSON: () => ran++,
      at: new Date(0),
    }
    const self: Record<string, unknown> = { args }
    self['self'] = self
    const [[captured]] = (await attributesOf('SPAN_ONLY', () => tool('odd', (_given: object) => {})(self))) as [
      [object],
    ]
    expect(captured).toMatchObject({ args: { at: '1970-01-01T00:00:00.000Z' } })
    expect(ran).toBe(0)
  })

  test.each(['NO_CONTENT', 'EVENT_ONLY'] as const)('has none of it with %s', async (mode) => {
    expect(await attributesOf(mode, () => tool('f', (a: string) => a)('x'))).toEqual([[undefined, undefined]])
  })
})
