const { OpenAI } = await import(process.env.OPENAI_PACKAGE)
const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1` })
const messages = [{ role: 'user', content: 'Hi' }]
let chunks = 0
let length = 0
for await (const chunk of await client.chat.completions.create({ model: 'gpt-4o-mini', stream: true, messages })) {
  chunks++
  length += JSON.stringify(chunk).length
}
console.log(chunks, length)
