const { OpenAI } = await import(process.env.OPENAI_PACKAGE)
const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1` })
client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] })
