const { instrument } = require('@tokenmeter/instrumentation-openai')
const OpenAI = require('openai')
const { spans } = require('./spans.js')

const client = instrument(new OpenAI())
const messages = [{ role: 'user', content: 'Where is my parcel?' }]
client.chat.completions.create({ model: 'gpt-4o-mini', messages }).then(() => {
  console.log(...spans.map(({ name, attributes }) => `${name}: ${attributes['ai.cost']} USD`))
})
