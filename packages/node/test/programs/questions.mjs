import { withAI } from '@tokenmeter/node'
import OpenAI from 'openai'

/** Asks every question that the command line has, for a tenant each. */
const client = new OpenAI({ apiKey: 'sk-test' })
for (const [index, content] of process.argv.slice(2).entries()) {
  const completion = await withAI({ feature: 'desk', tenant: `tenant-${index}` }, () =>
    client.chat.completions.create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content }] }),
  )
  console.log(completion.choices[0].message.content)
}
