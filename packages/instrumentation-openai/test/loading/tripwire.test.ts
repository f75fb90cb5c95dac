import { request } from 'node:http'
import { once } from 'node:events'
import { diag } from '@opentelemetry/api'
import { expect, onTestFinished, test } from 'vitest'
import { watchOpenAI } from '../../src/watch.ts'
import { type WireServer, wireServer } from '../support/wire-server.ts'

interface Client {
  readonly agent: string
  readonly version: string
  readonly path: string
}

const CHAT = '/v1/chat/completions'
/** What the clients say that are made with the same generator as openai's. */
const headersOf = ({ agent, version }: Client): Record<string, string> => ({
  'User-Agent': agent,
  'X-Stainless-Lang': 'js',
  'X-Stainless-Package-Version': version,
})

const OTHERS: readonly Client[] = [
  { agent: 'Groq/JS 1.2.0', version: '1.2.0', path: '/openai/v1/chat/completions' },
  { agent: 'a/JS 1.2.0', version: '1.2.0', path: '/openai/v1/chat/completions' },
  { agent: 'Together/JS 0.38.0', version: '0.38.0', path: CHAT },
  { agent: 'Cloudflare/JS 5.2.0', version: '5.2.0', path: '/client/v4/accounts/1/ai/run/model' },
  { agent: 'Anthropic/JS 4.0.0', version: '4.0.0', path: '/v1/messages' },
]

function tellings(): readonly string[] {
  const told: string[] = []
  const tell = (text: string): void => void told.push(text)
  diag.setLogger({ error: tell, warn: tell, info() {}, debug() {}, verbose() {} })
  const watch = watchOpenAI()
  onTestFinished(() => {
    watch.stop()
    diag.disable()
  })
  return told
}

async function byFetch(wire: WireServer, client: Client): Promise<void> {
  await (await fetch(new URL(client.path, wire.url), { method: 'POST', headers: headersOf(client) })).text()
}

async function byHttp(wire: WireServer, client: Client): Promise<void> {
  const sent = request(new URL(client.path, wire.url), { method: 'POST', headers: headersOf(client) }).end()
  const [answer] = (await once(sent, 'response')) as [NodeJS.ReadableStream]
  await once(answer.resume(), 'end')
}

test('requests of other clients are no alarm, and one of a minified openai client is said once', async () => {
  await using wire = await wireServer({ json: {} })
  const told = tellings()
  for (const client of OTHERS) {
    await byFetch(wire, client)
    await byHttp(wire, client)
  }
  await fetch(wire.url, { method: 'POST' })
  expect(told).toEqual([])
  for (const path of [CHAT, '/v1/responses']) await byHttp(wire, { agent: 'e/JS 4.104.0', version: '4.104.0', path })
  expect(told).toEqual([expect.stringMatching(/^tokenmeter: a request of openai 4\.104\.0 is not measured/)])
})

test('a request of openai 3, which cannot be watched, is said once, with the versions that can', async () => {
  await using wire = await wireServer({ json: {} })
  const told = tellings()
  for (let time = 0; time < 2; time++) await byHttp(wire, { agent: 'OpenAI/NodeJS/3.3.0', version: '', path: CHAT })
  expect(told).toEqual([
    'tokenmeter: openai 3.3.0 is not measured, because its request path is none that Tokenmeter knows. Use openai >=4.20 <8, or update @tokenmeter/instrumentation-openai.',
  ])
})
