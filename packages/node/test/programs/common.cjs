const OpenAI = require('openai')

const client = new OpenAI({ apiKey: 'sk-test' })
const messages = [{ role: 'user', content: 'Hello?' }]
void client.chat.completions.create({ model: 'gpt-4o-mini', messages }).then(({ choices }) => {
  console.log(choices[0].message.content)
  process.exit(3)
})
