import OpenAI from 'openai'
import { register } from '@tokenmeter/node'

const handle = register()
const client = new OpenAI({ apiKey: 'sk-test' })
await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello?' }] })
await handle.flush()
process.kill(process.pid, 'SIGKILL')
