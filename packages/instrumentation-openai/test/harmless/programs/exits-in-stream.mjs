const { OpenAI } = await import(process.env.OPENAI_PACKAGE)
const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1` })
const messages = [{ role: 'user', content: 'Hi' }]
for await (const chunk of await client.chat.completions.create({ model: 'gpt-4o-mini', stream: true, messages })) {
  console.log(chunk)
  process.exit(7)
}
