import { createRequire } from 'node:module'
import { diag } from '@opentelemetry/api'

/** Loads openai first and Tokenmeter second, makes two calls, and prints what was recorded and what was said. */
const [name, system] = process.argv.slice(2)
const { OpenAI } = system === 'require' ? createRequire(import.meta.url)(name) : await import(name)
const { installLoadHook, watchOpenAI } = await import('../../src/watch.ts')

if (!process.env.NO_LOGGER) diag.setLogger({ error: say, warn: say, info() {}, debug() {}, verbose() {} })
function say(text) {
  console.log(text)
}

let calls = 0
installLoadHook()
watchOpenAI({ onCall: () => calls++ })
const client = new OpenAI({ apiKey: 'sk-test', baseURL: process.env.WIRE })
for (let call = 0; call < 2; call++) {
  await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
}
console.log(`${calls} calls`)
