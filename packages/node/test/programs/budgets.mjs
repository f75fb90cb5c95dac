import { register } from '@tokenmeter/node'
import OpenAI from 'openai'

const { metricsUrl } = register()
const client = new OpenAI({ apiKey: 'sk-test', maxRetries: 0 })
const ask = () =>
  client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Hello?' }],
    max_completion_tokens: 5,
  })

try {
  const { choices } = await ask()
  console.log(choices[0].message.content)
  await ask()
} catch (error) {
  console.log(error.name, error.code, error.spentUsd, error.limitUsd)
}
const page = await (await fetch(await metricsUrl)).text()
console.log(page.match(/^ai_budget_\w+\{.*$/gm).join('\n'))
