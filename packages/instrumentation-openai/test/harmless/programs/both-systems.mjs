import { createRequire } from 'node:module'

const name = process.env.OPENAI_PACKAGE
const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
const copies = [(await import(name)).OpenAI, createRequire(import.meta.url)(name).OpenAI]
console.log('one class', copies[0] === copies[1])
for (const OpenAI of copies) {
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1` })
  console.log(
    await client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }),
  )
}
