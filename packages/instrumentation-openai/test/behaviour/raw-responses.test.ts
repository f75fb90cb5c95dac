import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import {
  chatCall,
  chatStreamCall,
  STREAMED_REQUEST,
  unfinished,
  watchCalls,
  withoutUsage,
  type CallFacts,
} from '../support/calls.ts'
import { collectGarbageUntil } from '../support/garbage.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { CHAT_USAGE, chatCompletion, chatStream, DONE, sse } from '../support/wire-answers.ts'
import { type Answer, PAUSE, wireServer } from '../support/wire-server.ts'

const WEB_MAJORS = MAJORS.filter(({ major }) => major >= 5)
/** A raw answer whose body is out of sight, or was not read. */
const UNSEEN = withoutUsage(chatCall({ response: {} }))
const STREAM: Answer = chatStream(['Hello', ', world'], { usage: CHAT_USAGE })
const STREAM_CALL: CallFacts = { ...chatCall({ request: STREAMED_REQUEST, chunks: 4 }) }

type Read = (response: Response) => Promise<unknown>

const readers: readonly (readonly [string, Read])[] = [
  ['json()', (response) => response.json()],
  ['text()', (response) => response.text()],
  ['arrayBuffer()', (response) => response.arrayBuffer()],
  ['blob()', (response) => response.blob()],
  ['a loop over its body', async ({ body }) => readAll(body as unknown as AsyncIterable<unknown>)],
]

async function drain(reader: { read(): Promise<{ done: boolean }> }): Promise<void> {
  while (!(await reader.read()).done);
}

const webReaders: readonly (readonly [string, Read])[] = [
  ['bytes()', (response) => response.bytes()],
  ['a reader', ({ body }) => drain((body as ReadableStream).getReader())],
  [
    'a reader that brings its own buffer',
    async ({ body }) => {
      const reader = (body as ReadableStream).getReader({ mode: 'byob' })
      while (!(await reader.read(new Uint8Array(7))).done);
    },
  ],
  [
    'two readers in turn',
    async ({ body }) => {
      const first = (body as ReadableStream).getReader()
      await first.read()
      first.releaseLock()
      await first.closed.catch(() => {})
      await drain((body as ReadableStream).getReader())
    },
  ],
  ['values()', async ({ body }) => readAll((body as ReadableStream).values())],
  ['a Node stream made of it', async ({ body }) => readAll(Readable.fromWeb(body as never))],
  ['another Response made of it', ({ body }) => new Response(body).text()],
]

const unseenReaders: readonly (readonly [string, Read])[] = [
  ['clone()', (response) => Promise.all([response.clone().text(), response.text()])],
  ['tee()', ({ body }) => Promise.all((body as ReadableStream).tee().map((half) => new Response(half).text()))],
  ['pipeTo()', ({ body }) => (body as ReadableStream).pipeTo(new WritableStream())],
  ['pipeThrough()', ({ body }) => readAll((body as ReadableStream).pipeThrough(new TransformStream()))],
]

describe.each(MAJORS)('with openai $major, a raw response', ({ connect }) => {
  test.each(readers)('that is read by %s tells its usage', async (_, read) => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const response = await connect(wire).chat.completions.create(CHAT).asResponse()
    expect(response.bodyUsed).toBe(false)
    await read(response)
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test.each(readers.slice(1))('whose stream is read by %s tells its chunks and its usage', async (_, read) => {
    await using wire = await wireServer(STREAM)
    using watched = watchCalls()
    await read(await connect(wire).chat.completions.create(CHAT_STREAM).asResponse())
    expect(await watched.only()).toStrictEqual(STREAM_CALL)
  })

  test('that nobody reads is abandoned once it is garbage', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const client = connect(wire)
    const drop = async (): Promise<void> => void (await client.chat.completions.create(CHAT).asResponse())
    await drop()
    await (
      await wire.arrived(1)
    ).closed
    await collectGarbageUntil(() => watched.calls.length > 0)
    expect(await watched.only()).toStrictEqual({ ...UNSEEN, outcome: { kind: 'abandoned' } })
  })

  test('that is asked for together with the parsed answer is one call', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    const promise = connect(wire).chat.completions.create(CHAT)
    const response = await promise.asResponse()
    expect((await promise).id).toBe('chatcmpl-1')
    expect(response.bodyUsed).toBe(true)
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test('that breaks off while it is read is an error', async () => {
    await using wire = await wireServer({ ...chatStream(['Hello'], { ending: [PAUSE] }), after: 'reset' })
    using watched = watchCalls()
    const response = await connect(wire).chat.completions.create(CHAT_STREAM).asResponse()
    const reading = response.text()
    wire.continue()
    await expect(reading).rejects.toThrow()
    const { outcome, chunks } = await watched.only()
    expect([outcome.kind, chunks]).toEqual(['error', 1])
  })

  test('that is no JSON is a success without usage', async () => {
    await using wire = await wireServer({ body: 'plain', headers: { 'content-type': 'text/plain' } })
    using watched = watchCalls()
    const response = await connect(wire).chat.completions.create(CHAT).asResponse()
    expect(await response.text()).toBe('plain')
    const { outcome, usageSource } = await watched.only()
    expect([outcome, usageSource]).toEqual([{ kind: 'success' }, 'none'])
  })

  test('whose stream carries an error event is an error of that code', async () => {
    const error = sse({ error: { message: 'Overloaded', type: 'server_error', code: 'overloaded' } })
    await using wire = await wireServer(chatStream(['Hello'], { ending: [error, DONE] }))
    using watched = watchCalls()
    await (await connect(wire).chat.completions.create(CHAT_STREAM).asResponse()).text()
    expect((await watched.only()).outcome).toStrictEqual({ kind: 'error', errorType: 'overloaded' })
  })

  test('whose stream of speech says what it used', async () => {
    const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 }
    const events = [sse({ type: 'speech.audio.delta', audio: 'AAA=' }), sse({ type: 'speech.audio.done', usage })]
    await using wire = await wireServer({ pieces: events })
    using watched = watchCalls()
    const speech = { model: 'gpt-4o-mini-tts', voice: 'alloy', input: 'Hello', stream_format: 'sse' } as const
    const response = await connect(wire).audio.speech.create(speech)
    await response.text()
    const call = await watched.only()
    expect([call.chunks, call.usage?.inputTokens, call.usage?.outputTokens]).toEqual([2, 14, 101])
  })
})

describe.each(WEB_MAJORS)('with openai $major, a raw response', ({ connect }) => {
  test.each(webReaders)('that is read by %s tells its usage', async (_, read) => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await read(await connect(wire).chat.completions.create(CHAT).asResponse())
    expect(await watched.only()).toStrictEqual(chatCall())
  })

  test.each(webReaders)('whose stream is read by %s tells its chunks and its usage', async (_, read) => {
    await using wire = await wireServer(STREAM)
    using watched = watchCalls()
    await read(await connect(wire).chat.completions.create(CHAT_STREAM).asResponse())
    expect(await watched.only()).toStrictEqual(STREAM_CALL)
  })

  test.each(unseenReaders)('that is read by %s is out of sight, and counted without usage', async (_, read) => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await read(await connect(wire).chat.completions.create(CHAT).asResponse())
    expect(await watched.only()).toStrictEqual(UNSEEN)
  })

  const ways: readonly (readonly [string, (body: ReadableStream) => Promise<unknown>])[] = [
    [
      'a reader that is cancelled',
      async (body) => {
        const reader = body.getReader()
        await reader.read()
        await reader.cancel()
      },
    ],
    [
      'a loop that is left',
      async (body) => {
        for await (const _ of body) break
      },
    ],
    [
      'cancelling the body',
      async (body) => {
        const reader = body.getReader()
        await reader.read()
        await expect(body.cancel()).rejects.toThrow(TypeError)
        reader.releaseLock()
        await body.cancel()
      },
    ],
  ]
  test.each(ways)('whose stream is stopped by %s is cancelled, and so is the request', async (_, read) => {
    await using wire = await wireServer(chatStream(['Hello'], { after: 'stall' }))
    using watched = watchCalls()
    const response = await connect(wire).chat.completions.create(CHAT_STREAM).asResponse()
    await read(response.body as ReadableStream)
    await (
      await wire.arrived(1)
    ).closed
    const call = await watched.only()
    expect(call.outcome).toStrictEqual({ kind: 'cancelled' })
  })

  test('that is aborted while it is read is cancelled', async () => {
    await using wire = await wireServer(chatStream(['Hello'], { after: 'stall' }))
    using watched = watchCalls()
    const controller = new AbortController()
    const response = await connect(wire)
      .chat.completions.create(CHAT_STREAM, { signal: controller.signal })
      .asResponse()
    const reader = (response.body as ReadableStream).getReader()
    await reader.read()
    controller.abort()
    await expect(reader.read()).rejects.toThrow()
    expect((await watched.only()).outcome).toStrictEqual({ kind: 'cancelled', errorType: 'AbortError' })
  })

  test('whose reader is dropped half-way is abandoned once it is garbage', async () => {
    await using wire = await wireServer(chatStream(['Hello'], { ending: [] }))
    using watched = watchCalls()
    const client = connect(wire)
    const readOne = async (): Promise<void> => {
      const { body } = await client.chat.completions.create(CHAT_STREAM).asResponse()
      await (body as ReadableStream).getReader().read()
    }
    await readOne()
    await nextTurn()
    await collectGarbageUntil(() => watched.calls.length > 0)
    expect((await watched.only()).outcome).toStrictEqual({ kind: 'abandoned' })
  })

  test('keeps the look of the platform’s', async () => {
    await using wire = await wireServer(chatCompletion())
    using _ = watchCalls()
    const response = await connect(wire).chat.completions.create(CHAT).asResponse()
    const bare = new Response('')
    expect(Object.keys(response)).toEqual([])
    expect(Object.keys(response.body as object)).toEqual([])
    expect([response.json.name, response.json.length]).toEqual([bare.json.name, bare.json.length])
    const { getReader } = response.body as ReadableStream
    expect([getReader.name, getReader.length]).toEqual(['getReader', bare.body?.getReader.length])
    await response.text()
  })
})

test('stream shape without usage stays what it was', async () => {
  const [{ connect }] = WEB_MAJORS as unknown as [(typeof MAJORS)[number]]
  await using wire = await wireServer(chatStream(['Hello', ', world'], { ending: [] }))
  using watched = watchCalls()
  await (await connect(wire).chat.completions.create(CHAT_STREAM).asResponse()).text()
  expect(await watched.only()).toStrictEqual(unfinished(chatStreamCall({ chunks: 2 })))
})
