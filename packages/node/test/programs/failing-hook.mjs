import { register } from '@tokenmeter/node'

await register().shutdown()
register({
  onCall: () => {
    throw new Error('cannot store what anna.victim@mail.example asked')
  },
})

const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello?' }] })
