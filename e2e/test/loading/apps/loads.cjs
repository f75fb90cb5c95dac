// Tells which files of ours are loaded when: with the first line, by a call, by a stream, and by what else it is told to do.
const { added, loaded } = require('./loaded.cjs')

const atStart = loaded()

async function main() {
  const { OpenAI } = require('openai')
  const client = new OpenAI()
  const request = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Where is my parcel?' }] }
  await client.chat.completions.create(request)
  const byCall = added(atStart)
  for await (const _ of await client.chat.completions.create({ ...request, stream: true }));
  const byStream = added([...atStart, ...byCall])
  console.log(JSON.stringify({ atStart, byCall, byStream }))
}

main()
