import { register } from '@tokenmeter/node'

/** Asks until a call is priced by the operator's own list, and prints what that call cost. */
const costs = []
register({ onCall: ({ cost }) => costs.push(cost) })
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
while (costs.at(-1)?.priceSource !== 'the operator') {
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello?' }] })
}
console.log(costs.at(-1).usd)
