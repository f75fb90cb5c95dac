/** An ordinary program that calls OpenAI over and over, for two users of two features. It ends when its standard input does. */
import { setTimeout as delay } from 'node:timers/promises'
import { withAI } from '@tokenmeter/node'
import OpenAI, { APIError } from 'openai'

const PAUSE_MS = 50
const client = new OpenAI()
const messages = [{ role: 'user' as const, content: 'How is everything?' }]
const ended = new AbortController()
process.stdin.once('end', () => ended.abort()).resume()

async function readToEnd(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const chunk of stream) void chunk
}

async function answerAda(): Promise<void> {
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  await client.embeddings.create({ model: 'text-embedding-3-small', input: 'How is everything?' })
  await client.chat.completions.create({ model: 'gpt-4.1-mini', messages })
}

async function answerGrace(): Promise<void> {
  const usage = { stream: true, stream_options: { include_usage: true } } as const
  await readToEnd(await client.chat.completions.create({ model: 'gpt-4o', messages, ...usage }))
  await readToEnd(await client.chat.completions.create({ model: 'gpt-3.5-turbo', messages, stream: true }))
  await client.chat.completions.create({ model: 'in-house-model', messages })
}

async function refused(): Promise<void> {
  try {
    await client.chat.completions.create({ model: 'gpt-4.1-nano', messages }, { maxRetries: 0 })
  } catch (error) {
    if (!(error instanceof APIError)) throw error
  }
}

while (!ended.signal.aborted) {
  await withAI({ feature: 'search', tenant: 'acme', user: 'ada' }, answerAda)
  await withAI({ feature: 'summary', tenant: 'initech', user: 'grace' }, answerGrace)
  await refused()
  await delay(PAUSE_MS)
}
