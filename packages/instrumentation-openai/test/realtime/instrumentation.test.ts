import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { OpenAIInstrumentation } from '../../src/index.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { socketServer, withoutTls } from '../support/socket-server.ts'
import { spans } from '../support/spans.ts'

// It must exist before the client is required, as in an application.
const instrumentation = new OpenAIInstrumentation()
const require = createRequire(import.meta.url)

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

type SocketClass = new (...args: unknown[]) => { on(name: 'error', listener: () => void): void }

describe.each(['openai-v4/beta', 'openai-v5', 'openai-v6', 'openai'])(
  'OpenAIInstrumentation, with %s required',
  (name) => {
    test.each(['ws', 'websocket'])('watches the class of realtime/%s, until it is disabled', async (file) => {
      const { provider, ended } = spans()
      instrumentation.setTracerProvider(provider)
      const module = require(`${name}/realtime/${file}`) as Readonly<Record<string, SocketClass>>
      const { OpenAI } = require(name.replace('/beta', '')) as { OpenAI: new (options: object) => unknown }
      const Realtime = (module['OpenAIRealtimeWS'] ?? module['OpenAIRealtimeWebSocket']) as SocketClass
      await using wire = await socketServer((session) => {
        session.send(sessionCreated(), responseCreated(), responseDone())
        session.close()
      })
      const run = async (): Promise<void> => {
        const client = new OpenAI({ apiKey: 'sk-test', baseURL: wire.url })
        new Realtime({ model: 'gpt-realtime', options: withoutTls(wire) }, client).on('error', () => {})
        await vi.waitUntil(() => wire.sessions.length > 0)
        await wire.sessions.at(-1)?.closed
      }
      await run()
      await vi.waitUntil(() => ended().length === 1)
      instrumentation.disable()
      await run()
      await run()
      instrumentation.enable()
      expect(ended().map((span) => span.name)).toEqual(['generate_content gpt-realtime'])
    })
  },
)
