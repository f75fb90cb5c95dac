import { register } from '@tokenmeter/node'
import OpenAI from 'openai'

register()
const client = new OpenAI({ apiKey: 'sk-test', maxRetries: 0 })
const ask = () =>
  client.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [{ role: 'user', content: 'Hello?' }],
    max_completion_tokens: 1000,
  })

const outcomes = await Promise.allSettled(Array.from({ length: 30 }, ask))
console.log(outcomes.filter(({ status }) => status === 'fulfilled').length)
console.log(outcomes.filter(({ reason }) => reason?.code === 'budget_exceeded').length)
