import { registerHooks } from 'node:module'

/** Makes a call, with its content captured where `CAPTURE` says so, and prints which of our packages were loaded. */
const loaded = new Set()
registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /\/packages\/([\w-]+)\/src\//.exec(url) ?? []
    if (name) loaded.add(name)
    return nextLoad(url, context)
  },
})
const { default: OpenAI } = await import('openai')
const { instrument } = await import('../../../src/index.ts')

const client = new OpenAI({ apiKey: 'sk-test', baseURL: process.env.WIRE })
instrument(client, { capture: process.env.CAPTURE })
await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
console.log([...loaded].sort().join(' '))
