import { Readable } from 'node:stream'
import { CHAT_USAGE, chatCompletion, chatStream, embedding } from '../../support/wire-answers.ts'
import { PAUSE } from '../../support/wire-server.ts'
import { CHAT, CHAT_STREAM, EMBEDDING } from '../scenario.ts'
import type { App, Scenario } from '../scenario.ts'

const SEEN = 'chat_completion success 200 1117/342'
const STREAM = chatStream(['Hel', 'lö 🦉'], { usage: CHAT_USAGE })

/** The body of a raw chat stream, of the platform. */
async function bodyOf({ client }: App): Promise<ReadableStream<Uint8Array>> {
  const { body } = await client.chat.completions.create(CHAT_STREAM).asResponse()
  return body as ReadableStream<Uint8Array>
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const piece of pieces) chunks.push(piece)
  return Buffer.concat(chunks).toString()
}

/** Ways to read the body of a raw response, to its end or not. */
export const rawBodies: readonly Scenario[] = [
  {
    name: 'a raw body as an array buffer, a blob, and bytes',
    since: 5,
    script: [chatCompletion(), embedding(), STREAM],
    calls: [SEEN, 'embedding success 200 8/0', SEEN],
    run: async ({ client, print }) => {
      const chat = await client.chat.completions.create(CHAT).asResponse()
      print('array buffer', Buffer.from(await chat.arrayBuffer()).toString())
      const vectors = await client.embeddings.create(EMBEDDING).asResponse()
      const blob = await vectors.blob()
      print('blob', [blob.type, blob.size, await blob.text()])
      const stream = await client.chat.completions.create(CHAT_STREAM).asResponse()
      print('bytes', Buffer.from(await stream.bytes()).toString())
    },
  },
  {
    name: 'a raw body through a reader with its own buffer',
    since: 5,
    script: STREAM,
    calls: [SEEN],
    run: async (app) => {
      const reader = (await bodyOf(app)).getReader({ mode: 'byob' })
      const pieces: string[] = []
      for (let read = await reader.read(new Uint8Array(9)); ; read = await reader.read(new Uint8Array(9))) {
        if (read.done) break
        pieces.push(Buffer.from(read.value).toString('hex'))
      }
      app.print('bytes', Buffer.from(pieces.join(''), 'hex').toString())
    },
  },
  {
    name: 'a raw body through two readers, the first released',
    since: 5,
    script: STREAM,
    calls: [SEEN],
    run: async (app) => {
      const body = await bodyOf(app)
      const first = body.getReader()
      app.print('first', typeof (await first.read()).value)
      first.releaseLock()
      await app.attempt('after release', () => first.read())
      await app.attempt('closed', () => first.closed)
      app.print('locked', body.locked)
      app.print('rest', (await collect(body.values())).length > 0)
    },
  },
  {
    name: 'a raw body handed on: to a Node stream, to another Response',
    since: 5,
    script: [STREAM, STREAM],
    calls: [SEEN, SEEN],
    run: async (app) => {
      app.print('node', await collect(Readable.fromWeb((await bodyOf(app)) as never)))
      const copy = new Response(await bodyOf(app), { headers: { 'x-copy': '1' } })
      app.print('copy', [copy.headers.get('x-copy'), await copy.text()])
    },
  },
  {
    name: 'a raw body through pipes and halves',
    since: 5,
    script: [STREAM, STREAM, STREAM],
    calls: ['chat_completion success 200 -', 'chat_completion success 200 -', 'chat_completion success 200 -'],
    run: async (app) => {
      app.print('piped through', await collect((await bodyOf(app)).pipeThrough(new TransformStream())))
      const written: string[] = []
      const sink = new WritableStream<Uint8Array>({
        write: (piece) => void written.push(Buffer.from(piece).toString()),
      })
      await (await bodyOf(app)).pipeTo(sink)
      app.print('piped to', written.join(''))
      const halves = (await bodyOf(app)).tee()
      app.print('halves', await Promise.all(halves.map((half) => collect(half))))
    },
  },
  {
    name: 'a raw body that is left: by a loop, by a reader, by cancelling it',
    since: 5,
    script: [0, 1, 2].map(() => chatStream(['Hello'], { after: 'stall' })),
    calls: [0, 1, 2].map(() => 'chat_completion cancelled 200 -'),
    run: async (app) => {
      for await (const piece of await bodyOf(app)) {
        app.print('piece', piece.constructor.name)
        break
      }
      app.print('server', await app.wire('closed/1'))
      const reader = (await bodyOf(app)).getReader()
      await reader.read()
      app.print('cancelled', await reader.cancel('enough'))
      app.print('then', await reader.read())
      app.print('server', await app.wire('closed/2'))
      const body = await bodyOf(app)
      app.print('body cancelled', await body.cancel())
      app.print('server', await app.wire('closed/3'))
    },
  },
  {
    name: 'a raw body that is aborted while it is read',
    since: 5,
    script: chatStream(['Hello'], { after: 'stall' }),
    calls: ['chat_completion cancelled 200 -'],
    run: async ({ client, attempt, print }) => {
      const controller = new AbortController()
      const { signal } = controller
      const raw = await client.chat.completions.create(CHAT_STREAM, { signal }).asResponse()
      const reader = (raw.body as ReadableStream<Uint8Array>).getReader()
      print('piece', (await reader.read()).done)
      controller.abort()
      await attempt('read', () => reader.read())
      await attempt('closed', () => reader.closed)
    },
  },
  {
    name: 'a raw body that breaks off, read as text and as JSON',
    script: [
      { pieces: ['{"id": "half', PAUSE], headers: { 'content-type': 'application/json' }, after: 'reset' },
      { body: '{"id": "half', headers: { 'content-type': 'application/json' } },
    ],
    calls: ['chat_completion error 200 -', 'chat_completion error 200 -'],
    run: async ({ client, attempt, wire }) => {
      const broken = await client.chat.completions.create(CHAT).asResponse()
      await wire('continue')
      await attempt('text', () => broken.text().catch((error: Error) => [error.constructor.name, error.message]))
      const half = await client.chat.completions.create(CHAT).asResponse()
      await attempt('json', () => half.json().catch((error: Error) => [error.constructor.name, error.message]))
    },
  },
  {
    name: 'a raw body whose JSON is broken and whose failure nobody handles is an unhandled rejection',
    script: { body: '{"id": "half', headers: { 'content-type': 'application/json' } },
    calls: ['chat_completion error 200 -'],
    run: async ({ client, wire, print }) => {
      const raw = await client.chat.completions.create(CHAT).asResponse()
      void raw.json()
      print('the server answered', await wire('closed/1'))
    },
  },
  {
    name: 'raw bodies read twice',
    script: [chatCompletion(), chatCompletion()],
    calls: [SEEN, SEEN],
    run: async ({ client, attempt, print }) => {
      const one = await client.chat.completions.create(CHAT).asResponse()
      const both = await Promise.allSettled([one.json(), one.json()])
      print(
        'json and json',
        both.map(({ status }) => status),
      )
      const two = await client.chat.completions.create(CHAT).asResponse()
      print('text', (await two.text()).length)
      await attempt('json after text', () => two.json())
      print('used', [one.bodyUsed, two.bodyUsed])
    },
  },
]
