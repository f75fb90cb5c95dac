import OpenAI from 'openai'

// Asks once for each argument that is a model, and ends as the last one says.
const models = process.argv.slice(2, -1)
for (const model of models) {
  await new OpenAI({ maxRetries: 0 }).chat.completions
    .create({ model, messages: [{ role: 'user', content: 'hi' }] })
    .catch(() => undefined)
}
console.log('asked', models.length)
process.exitCode = Number(process.argv.at(-1))
