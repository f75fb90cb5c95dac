import { existsSync, renameSync, rmSync } from 'node:fs'
import { register } from '@tokenmeter/node'

/** Moves the log away after the first call, and deletes it after the second. */
const handle = register()
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-test' })
const file = process.env.TOKENMETER_LOG_FILE

for (const model of ['m-0', 'm-1', 'm-2']) {
  await client.chat.completions.create({ model, messages: [] })
  await handle.flush()
  if (model === 'm-0') renameSync(file, `${file}.moved`)
  if (model === 'm-1') rmSync(file)
}
console.log(existsSync(file))
