import { register } from '@tokenmeter/node'

/** Asks until a call is priced by the operator's own list, and prints what that call cost. */
let source
let usd
register({ onCall: ({ cost }) => ({ priceSource: source, usd } = cost) })
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
while (source !== 'the operator') {
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello?' }] })
}
console.log(usd)
