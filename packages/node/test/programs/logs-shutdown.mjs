import { register } from '@tokenmeter/node'

const handle = register()
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
await client.chat.completions.create({ model: 'before', messages: [] })
await handle.shutdown()
await client.chat.completions.create({ model: 'after', messages: [] })
console.log('asked without us')
