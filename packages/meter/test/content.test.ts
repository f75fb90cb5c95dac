import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  type Call,
  CAPTURE_MODES,
  type CapturedContent,
  type CaptureMode,
  type ContentOptions,
  type ContentScrubber,
  type PendingContent,
  type RawContent,
  readCaptureMode,
  withAI,
} from '../src/index.ts'
import { ANSWERED, chatStart, embeddingStart, failed, succeeded } from './support/calls.ts'
import { Diagnostics } from './support/diagnostics.ts'
import { turns } from './support/drain.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
})
afterEach(() => {
  forgetGlobals()
  context.disable()
  propagation.disable()
})

const scrubber: ContentScrubber = { scrub: (text) => text.replaceAll('secret', '***') }
const RAW: RawContent = { inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'a secret' }] }] }
const CLEAN = [{ role: 'user', parts: [{ type: 'text', content: 'a ***' }] }]
const pending = (raw: RawContent = RAW): PendingContent => ({ size: 10, read: () => raw })
const options = (capture: CaptureMode, more: Partial<ContentOptions> = {}): ContentOptions => ({
  scrubber,
  capture,
  ...more,
})

const NAME = 'gen_ai.input.messages'

describe('a mode', () => {
  test('is read in upper and lower case, and as what it was before there were modes', () => {
    expect(CAPTURE_MODES.map((mode) => readCaptureMode(` ${mode.toLowerCase()} `))).toEqual(CAPTURE_MODES)
    expect([readCaptureMode('true'), readCaptureMode('FALSE')]).toEqual(['SPAN_AND_EVENT', 'NO_CONTENT'])
    expect([readCaptureMode('yes'), readCaptureMode(''), readCaptureMode(1)]).toEqual([undefined, undefined, undefined])
  })

  test.each([
    ['NO_CONTENT', undefined, []],
    ['SPAN_ONLY', JSON.stringify(CLEAN), []],
    ['EVENT_ONLY', undefined, [CLEAN]],
    ['SPAN_AND_EVENT', JSON.stringify(CLEAN), [CLEAN]],
  ] as const)('%s puts content where it says, and nowhere else', async (mode, onSpan, onEvents) => {
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder({ content: options(mode) })
    recorder.start(chatStart()).end(succeeded(), pending())
    await turns()
    expect(telemetry.spans.map(({ attributes }) => attributes[NAME])).toEqual([onSpan])
    expect(telemetry.events.map(({ attributes }) => attributes[NAME])).toEqual(onEvents)
  })
})

test('a call is counted when it ends; its span ends a turn later, with the time at which the call ended', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ content: options('SPAN_ONLY') })
  await withAI({ feature: 'search' }, async (scope) => {
    recorder.start(chatStart()).end(succeeded(), pending())
    expect(scope.totals.calls).toBe(1)
  })
  expect(
    (await telemetry.points('ai.requests'))[
      'ai.requests model=gpt-4o operation=chat_completion provider=openai status=success'
    ],
  ).toBe(1)
  expect(telemetry.spans).toEqual([])
  await turns()
  expect(telemetry.spans[0]?.duration).toEqual([1, 500_000_000])
})

test('content is not looked at before the caller has gone on, and never where it is not captured', async () => {
  await using telemetry = new Telemetry()
  let read = 0
  const content = { size: 1, read: () => (read++, RAW) }
  telemetry
    .recorder({ content: options('SPAN_ONLY') })
    .start(chatStart())
    .end(succeeded(), content)
  expect(read).toBe(0)
  await turns()
  expect(read).toBe(1)
  telemetry
    .recorder({ content: options('NO_CONTENT') })
    .start(chatStart())
    .end(succeeded(), content)
  telemetry.recorder().start(chatStart()).end(succeeded(), content)
  await turns()
  expect(read).toBe(1)
})

test('onCall gets the call with its content, which is clean', async () => {
  await using telemetry = new Telemetry()
  const calls: Call[] = []
  const recorder = telemetry.recorder({ content: options('EVENT_ONLY'), onCall: (call) => calls.push(call) })
  recorder.start(chatStart()).end(succeeded(), pending())
  await turns()
  expect(calls.map(({ content }) => content)).toEqual([{ inputMessages: CLEAN }])
  expect(Object.isFrozen(calls[0])).toBe(true)
})

test('the input of embeddings is in an attribute of ours', async () => {
  await using telemetry = new Telemetry()
  telemetry
    .recorder({ content: options('SPAN_AND_EVENT') })
    .start(embeddingStart())
    .end(succeeded(), pending())
  await turns()
  const [span] = telemetry.spans
  expect([span?.attributes['ai.input.messages'], span?.attributes[NAME]]).toEqual([JSON.stringify(CLEAN), undefined])
  expect(telemetry.events).toEqual([])
})

test('what an exception says is on its event, clean, and only where content goes to events', async () => {
  await using telemetry = new Telemetry()
  const exception = { message: 'a secret', stacktrace: 'Error: a secret\n    at f' }
  for (const mode of CAPTURE_MODES) {
    const recorder = telemetry.recorder({ content: options(mode) })
    recorder.start(chatStart()).end(failed(400, 'bad'), pending({ exception }))
  }
  await turns()
  const events = telemetry.events.filter(({ eventName }) => eventName === 'gen_ai.client.operation.exception')
  const text = { 'exception.message': 'a ***', 'exception.stacktrace': 'Error: a ***\n    at f' }
  expect(events.map(({ attributes }) => ({ ...attributes, 'exception.type': undefined }))).toEqual([{}, {}, text, text])
  expect(telemetry.spans.map(({ status }) => status.message)).toEqual(['bad', 'bad', 'bad', 'bad'])
})

const contentOf = async (limit: CaptureMode, capture: CaptureMode, asked: unknown): Promise<unknown> => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ content: options(capture, { captureLimit: limit }) })
  const open = withAI({ capture: asked as CaptureMode }, () => recorder.start(chatStart()))
  open.end(succeeded(), pending())
  await turns()
  return open.capture
}

describe('withAI', () => {
  test('lowers and raises, but never beyond the limit', async () => {
    expect(await contentOf('SPAN_AND_EVENT', 'SPAN_ONLY', 'NO_CONTENT')).toBe('NO_CONTENT')
    expect(await contentOf('SPAN_AND_EVENT', 'NO_CONTENT', 'EVENT_ONLY')).toBe('EVENT_ONLY')
    expect(await contentOf('SPAN_ONLY', 'SPAN_ONLY', 'SPAN_AND_EVENT')).toBe('SPAN_ONLY')
    expect(await contentOf('NO_CONTENT', 'NO_CONTENT', 'SPAN_AND_EVENT')).toBe('NO_CONTENT')
  })

  test('goes by the innermost scope that says something', async () => {
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder({ content: options('NO_CONTENT') })
    const open = withAI({ capture: 'SPAN_ONLY' }, () => withAI({ tenant: 'acme' }, () => recorder.start(chatStart())))
    expect(open.capture).toBe('SPAN_ONLY')
    open.end(succeeded())
  })

  test('captures nothing where nobody can tell what was meant, and says so', async () => {
    using diagnostics = new Diagnostics()
    expect(await contentOf('SPAN_AND_EVENT', 'SPAN_AND_EVENT', 'some')).toBe('NO_CONTENT')
    expect(diagnostics.warnings).toEqual([
      'tokenmeter: withAI(): `capture` must be one of NO_CONTENT, SPAN_ONLY, EVENT_ONLY, SPAN_AND_EVENT, got string; no content is captured',
    ])
  })
})

const recorded = async (
  contentHook: ContentOptions['contentHook'],
): Promise<{ readonly attributes: Readonly<Record<string, unknown>> }> => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ content: options('SPAN_ONLY', contentHook && { contentHook }) })
  recorder.start(chatStart()).end(succeeded(), pending())
  await turns()
  return { attributes: { ...telemetry.spans[0]?.attributes } }
}

const fail = (): never => {
  throw new TypeError('a secret')
}

describe('a contentHook', () => {
  test('gets clean content with the call and its span, and its reference is recorded in its place', async () => {
    const seen: CapturedContent[] = []
    const { attributes } = await recorded(async (captured) => {
      seen.push(captured)
      return 's3://bucket/1'
    })
    expect(attributes).toMatchObject({ 'ai.content.reference': 's3://bucket/1' })
    expect(attributes[NAME]).toBeUndefined()
    expect(seen[0]).toMatchObject({ content: { inputMessages: CLEAN }, call: { operation: 'chat_completion' } })
    expect(trace.isSpanContextValid(seen[0]?.spanContext as never)).toBe(true)
  })

  test('that returns nothing leaves the content where it was', async () => {
    expect((await recorded(() => undefined)).attributes[NAME]).toBe(JSON.stringify(CLEAN))
  })

  test('that fails is said once, without what it says, and nothing of the content is recorded', async () => {
    using diagnostics = new Diagnostics()
    const results = [await recorded(fail), await recorded(async () => fail()), await recorded(() => 7 as never)]
    for (const { attributes } of results) {
      expect(attributes).toMatchObject({ 'ai.status': 'success' })
      expect(attributes[NAME] ?? attributes['ai.content.reference']).toBeUndefined()
    }
    expect(diagnostics.errors).toEqual([
      'tokenmeter: contentHook failed and was skipped; the application is not affected (TypeError)',
    ])
  })

  test('that waits holds up nobody else', async () => {
    await using telemetry = new Telemetry()
    const never = new Promise<string>(() => {})
    let first = true
    const contentHook = (): Promise<string> | string => (first ? ((first = false), never) : 'stored')
    const recorder = telemetry.recorder({ content: options('SPAN_ONLY', { contentHook }) })
    recorder.start(chatStart()).end(succeeded(), pending())
    recorder.start(chatStart()).end(succeeded(), pending())
    await turns()
    expect(telemetry.spans.map(({ attributes }) => attributes['ai.content.reference'])).toEqual(['stored'])
    recorder.settleContent(100)
    expect(telemetry.spans.map(({ attributes }) => attributes['ai.content.reference'])).toEqual(['stored', undefined])
  })
})

describe('a scrubber that gets ready', () => {
  test('is told when a call begins whose content is captured, and content waits for it', async () => {
    await using telemetry = new Telemetry()
    const settle: ((isReady: boolean) => void)[] = []
    const ready = new Promise<boolean>((resolve) => settle.push(resolve))
    let told = 0
    const prepare = (): Promise<boolean> => {
      told++
      return ready
    }
    const recorder = telemetry.recorder({ content: options('NO_CONTENT', { scrubber: { ...scrubber, prepare } }) })
    recorder.start(chatStart()).end(succeeded())
    expect(told).toBe(0)
    await withAI({ capture: 'SPAN_ONLY' }, async () => {
      const call = recorder.start(chatStart())
      expect(told).toBe(1)
      call.end(succeeded(), pending())
    })
    await turns()
    expect(telemetry.spans).toHaveLength(1)
    settle[0]?.(true)
    await turns()
    expect(telemetry.spans[1]?.attributes[NAME]).toBe(JSON.stringify(CLEAN))
  })

  test('and cannot leaves calls without content; that it fails is said once', async () => {
    using diagnostics = new Diagnostics()
    await using telemetry = new Telemetry()
    for (const prepare of [async () => false, async () => fail(), fail]) {
      const recorder = telemetry.recorder({ content: options('SPAN_ONLY', { scrubber: { ...scrubber, prepare } }) })
      recorder.start(chatStart()).end(succeeded(), pending())
    }
    await turns()
    expect(telemetry.spans.map(({ attributes }) => [attributes[NAME], attributes['ai.status']])).toEqual(
      Array.from({ length: 3 }, () => [undefined, 'success']),
    )
    expect(diagnostics.errors).toEqual([
      'tokenmeter: preparing the scrubber failed and was skipped; the application is not affected (TypeError)',
    ])
  })

  test('and is not ready when the process ends is not waited for', async () => {
    await using telemetry = new Telemetry()
    const never = new Promise<boolean>(() => {})
    const late = { ...scrubber, prepare: () => never }
    const recorder = telemetry.recorder({ content: options('SPAN_ONLY', { scrubber: late }) })
    recorder.start(chatStart()).end(succeeded(), pending())
    recorder.settleContent(100)
    expect(telemetry.spans.map(({ attributes }) => attributes[NAME])).toEqual([undefined])
  })
})

describe('at the end of a process', () => {
  test('what waits is recorded at once', async () => {
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder({ content: options('SPAN_ONLY') })
    recorder.start(chatStart()).end(succeeded(), pending())
    recorder.settleContent(100)
    expect(telemetry.spans.map(({ attributes }) => attributes[NAME])).toEqual([JSON.stringify(CLEAN)])
    await turns()
    expect(telemetry.spans).toHaveLength(1)
  })

  test('what there is no time for is recorded without its content', async () => {
    await using telemetry = new Telemetry()
    const recorder = telemetry.recorder({ content: options('SPAN_ONLY') })
    recorder.start(chatStart()).end(succeeded(), pending())
    recorder.settleContent(-1)
    expect(telemetry.spans.map(({ attributes }) => [attributes[NAME], attributes['ai.status']])).toEqual([
      [undefined, 'success'],
    ])
  })
})

test('content is made clean in slices, between which others have their turn', async () => {
  await using telemetry = new Telemetry()
  const slow: ContentScrubber = {
    scrub: (text) => {
      const end = performance.now() + 5
      while (performance.now() < end);
      return text
    },
  }
  const recorder = telemetry.recorder({ content: { scrubber: slow, capture: 'SPAN_ONLY' } })
  const messages = Array.from({ length: 10 }, () => ({ role: 'user', parts: [{ type: 'text', content: 'a text' }] }))
  recorder.start(chatStart()).end(succeeded(), pending({ inputMessages: messages }))
  let turnsOfOthers = 0
  while (telemetry.spans.length === 0) {
    await turns(1)
    turnsOfOthers++
  }
  expect(turnsOfOthers).toBeGreaterThanOrEqual(messages.length)
})

test('content that waits is bounded: what comes beyond is recorded without, and that is said once', async () => {
  using diagnostics = new Diagnostics()
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ content: options('SPAN_ONLY') })
  const large = { ...pending(), size: 20_000_000 }
  recorder.start(chatStart()).end(succeeded(), large)
  recorder.start(chatStart()).end(succeeded(), large)
  expect(telemetry.spans.map(({ attributes }) => attributes[NAME])).toEqual([undefined])
  await turns()
  expect(telemetry.spans.map(({ attributes }) => attributes[NAME])).toEqual([undefined, JSON.stringify(CLEAN)])
  expect(diagnostics.warnings).toHaveLength(1)
})

test('what cannot be read is a call without content, and what went wrong is said without the text', async () => {
  using diagnostics = new Diagnostics()
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ content: options('SPAN_ONLY') })
  recorder.start(chatStart()).end(succeeded({ attempts: [ANSWERED] }), { size: 1, read: fail })
  await turns()
  expect(telemetry.spans).toHaveLength(1)
  expect(diagnostics.errors).toEqual([
    'tokenmeter: recording content failed and was skipped; the application is not affected (TypeError)',
  ])
})
