/** An ordinary program that calls OpenAI over and over, and is refused every other time. It ends when its standard input does. */
import { setTimeout as delay } from 'node:timers/promises'
import OpenAI, { APIError } from 'openai'

const PAUSE_MS = 20
const client = new OpenAI({ maxRetries: 0 })
const messages = [{ role: 'user' as const, content: 'How is everything?' }]
const ended = new AbortController()
process.stdin.once('end', () => ended.abort()).resume()

while (!ended.signal.aborted) {
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
  try {
    await client.chat.completions.create({ model: 'gpt-4.1-nano', messages })
  } catch (error) {
    if (!(error instanceof APIError)) throw error
  }
  await delay(PAUSE_MS)
}
