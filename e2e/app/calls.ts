/** An ordinary program that calls OpenAI, with not one line about telemetry. It ends when its standard input does. */
import { once } from 'node:events'
import OpenAI, { APIError } from 'openai'

const client = new OpenAI()
const messages = [{ role: 'user' as const, content: 'How is everything?' }]

async function ignoreFailure(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!(error instanceof APIError)) throw error
  }
}

async function readToEnd(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const event of stream) void event
}

await client.chat.completions.create({ model: 'gpt-4o-mini', messages })
await client.chat.completions.create({
  model: 'gpt-4o-mini',
  messages,
  max_completion_tokens: 400,
  stop: 'ann@example.com',
})
await readToEnd(
  await client.chat.completions.create({
    model: 'gpt-4o',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  }),
)
await client.responses.create({ model: 'o4-mini', input: 'How is everything?' })
await readToEnd(await client.responses.create({ model: 'gpt-4.1', input: 'How is everything?', stream: true }))
await client.embeddings.create({ model: 'text-embedding-3-small', input: 'How is everything?' })
await client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'How is everything?' })
await client.chat.completions.create({ model: 'gpt-4.1-mini', messages })
await client.chat.completions.create({ model: 'in-house-model', messages })
await readToEnd(await client.chat.completions.create({ model: 'gpt-3.5-turbo', messages, stream: true }))
await ignoreFailure(client.moderations.create({ model: 'no-such-model', input: 'How is everything?' }))
await ignoreFailure(client.chat.completions.create({ model: 'gpt-4o', messages, temperature: 9 }))
await ignoreFailure(client.chat.completions.create({ model: 'gpt-4.1-nano', messages }, { maxRetries: 0 }))

console.log('All calls are done.')
process.stdin.resume()
await once(process.stdin, 'end')
