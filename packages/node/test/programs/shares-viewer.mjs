import { createInterface } from 'node:readline'
import { register } from '@tokenmeter/node'

// Asks a model for every line of its input, which is the model's name, and ends with its input.
register({ viewer: Number(process.argv[2]) })
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
for await (const model of createInterface({ input: process.stdin })) {
  await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hello?' }] })
  console.log(model)
}
