import { register, withAI } from '@tokenmeter/node'

const [options, capture] = process.argv.slice(2)
// The preload has registered without options.
await register().shutdown()
register(JSON.parse(options))

const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
const messages = [{ role: 'user', content: 'Hello?' }]
await withAI({ capture }, () => client.chat.completions.create({ model: 'gpt-4o-mini', messages }))
