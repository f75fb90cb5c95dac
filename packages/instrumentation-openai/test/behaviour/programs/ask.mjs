for (const name of process.env.PACKAGES.split(' ')) {
  const { OpenAI } = await import(name)
  const client = new OpenAI({ apiKey: 'sk-test', baseURL: process.env.WIRE_URL })
  await client.chat.completions.create({ model: `gpt of ${name}`, messages: [{ role: 'user', content: 'Hi' }] })
}
