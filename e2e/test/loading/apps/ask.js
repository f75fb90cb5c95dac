import { instrument } from '@tokenmeter/instrumentation-openai'
import OpenAI from 'openai'
import { spans } from './spans.js'

/** Asks two providers, both of which are the server at `wire`, one of them for a stream, too, and tells what was recorded: a line a call. */
export async function ask(wire) {
  const onWire = (url, init) => fetch(new URL(new URL(url).pathname, wire), init)
  const openai = instrument(new OpenAI({ apiKey: 'test', fetch: onWire, baseURL: 'https://api.openai.com/v1' }))
  const mistral = new OpenAI({ apiKey: 'test', fetch: onWire, baseURL: 'https://api.mistral.ai/v1' })
  const messages = [{ role: 'user', content: 'Where is my parcel?' }]
  await openai.chat.completions.create({ model: 'gpt-4o-mini', messages })
  await mistral.chat.completions.create({ model: 'mistral-large-latest', messages })
  let chunks = 0
  for await (const _ of await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true })) chunks += 1
  await new Promise((resolve) => setTimeout(resolve))
  const calls = spans
    .filter(({ name }) => name.startsWith('chat '))
    .map(({ name, attributes }) => `${name}: ${attributes['ai.attempts']} attempts, ${attributes['ai.cost']} USD`)
  return [...calls, `${chunks} chunks`]
}
