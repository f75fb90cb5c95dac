import { createRequire } from 'node:module'
import type { OpenAI } from 'openai'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { OpenAIInstrumentation } from '../../src/index.ts'
import { installLoadHook } from '../../src/watch.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { socketServer, withoutTls } from '../support/socket-server.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { spans } from '../support/spans.ts'

// Both must come before the client is loaded, as in an application.
installLoadHook()
const instrumentation = new OpenAIInstrumentation()

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

const require = createRequire(import.meta.url)

const FILES = [
  ['openai-v4', 'beta/realtime/ws'],
  ['openai-v4', 'beta/realtime/websocket'],
  ['openai-v5', 'beta/realtime/ws'],
  ['openai-v5', 'realtime/ws'],
  ['openai-v5', 'realtime/websocket'],
  ['openai-v6', 'realtime/ws'],
  ['openai-v6', 'realtime/websocket'],
  ['openai', 'beta/realtime/ws'],
  ['openai', 'realtime/ws'],
  ['openai', 'realtime/websocket'],
] as const

const RESPONSES_FILES = [
  ['openai-v6', 'resources/responses/ws'],
  ['openai-v6', 'resources/beta/responses/ws'],
  ['openai', 'resources/responses/ws'],
  ['openai', 'resources/beta/responses/ws'],
] as const

interface Socket {
  on(name: 'event' | 'error', listener: () => void): void
  send(event: object): void
}
type SocketClass = new (...args: unknown[]) => Socket
type Module = Readonly<Record<string, SocketClass>>
type Package = { readonly OpenAI: new (options: object) => OpenAI }

/** The package and one of its files, as ES modules and as CommonJS. */
async function load(name: string, file: string): Promise<readonly (readonly [Package, SocketClass])[]> {
  const path = `${name}/${file}`
  const modules = [
    [(await import(name)) as Package, (await import(`${path}.mjs`)) as Module],
    [require(name) as Package, require(`${path}.js`) as Module],
  ] as const
  return modules.map(([openai, { OpenAIRealtimeWS, OpenAIRealtimeWebSocket, ResponsesWS }]) => [
    openai,
    (OpenAIRealtimeWS ?? OpenAIRealtimeWebSocket ?? ResponsesWS) as SocketClass,
  ])
}

/** Every member of a class and its parents, with its flags. */
function look(type: SocketClass): object[] {
  const looks: object[] = []
  for (
    let owner = type.prototype as object;
    owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object
  ) {
    looks.push(Object.getOwnPropertyDescriptors(owner))
  }
  return looks
}

describe.each([...FILES, ...RESPONSES_FILES])('%s/%s', (name, file) => {
  test('is watched when it is loaded as ES module and as CommonJS, and restored when nobody watches', async () => {
    const { provider, ended } = spans()
    instrumentation.setTracerProvider(provider)
    const classes = await load(name, file)
    expect(classes[0]?.[1]).not.toBe(classes[1]?.[1])
    const isRealtime = file.includes('realtime')
    await using wire = await socketServer(async (session) => {
      if (isRealtime) session.send(sessionCreated())
      else await session.next()
      session.send(responseCreated(), isRealtime ? responseDone() : { type: 'response.completed', response: {} })
      session.close()
    })
    for (const [{ OpenAI }, SocketClass] of classes) {
      const client = new OpenAI({ apiKey: 'sk-test', baseURL: wire.url })
      const settings = { model: 'gpt-realtime', options: withoutTls(wire) }
      const socket = isRealtime ? new SocketClass(settings, client) : new SocketClass(client)
      socket.on('error', () => {})
      if (!isRealtime) socket.send({ type: 'response.create', model: 'gpt-4o-mini', input: 'Hi' })
    }
    await vi.waitUntil(() => ended().length === 2)
    const watched = classes.map(([, type]) => look(type))
    instrumentation.disable()
    const bare = classes.map(([, type]) => look(type))
    instrumentation.enable()
    expect(bare).not.toEqual(watched)
    expect(bare.flat().flatMap(methodsOf).filter(isOurs)).toEqual([])
    expect(watched.flat().flatMap(methodsOf).filter(isOurs).length).toBeGreaterThanOrEqual(4)
  })
})

const methodsOf = (owner: object): unknown[] =>
  Object.values(owner).map(({ value }: PropertyDescriptor): unknown => value)

/** The wrapper of `seam/patch.ts`, whatever it is called. */
const isOurs = (method: unknown): boolean =>
  typeof method === 'function' && String(method).includes('current(this, args)')
