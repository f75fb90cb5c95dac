async function ask(name) {
  const { OpenAI } = require(name)
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: process.env.WIRE_URL })
  await client.chat.completions.create({ model: `gpt of ${name}`, messages: [{ role: 'user', content: 'Hi' }] })
}

process.env.PACKAGES.split(' ').reduce((before, name) => before.then(() => ask(name)), Promise.resolve())
