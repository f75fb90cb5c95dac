import { agent, tool } from '@tokenmeter/meter'

const { OpenAI } = await import(process.env.OPENAI_PACKAGE)
const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1` })
const ask = () =>
  client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Weather?' }] })

const weather = tool('weather', async (city) => `sunny in ${city}`, { callId: 'call_1' })
const broken = tool('broken', () => {
  throw new TypeError('no weather')
})

await agent('travel', async () => {
  await ask()
  await weather('Oslo')
  return ask()
})()
await agent('lost', async () => broken())().catch(() => {})
