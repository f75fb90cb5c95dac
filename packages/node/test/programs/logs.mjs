import OpenAI from 'openai'

/** Calls the models `m-0`, `m-1` … one after the other; a host that `HOST_LINES` says something after each. */
const client = new OpenAI({ apiKey: 'sk-test' })
const [count, ending] = [Number(process.argv[2]), process.argv[3] ?? 'natural']
const hostLine = 'h'.repeat(Number(process.env.HOST_LINES ?? 0))

for (let index = 0; index < count; index++) {
  await client.chat.completions.create({ model: `m-${index}`, messages: [{ role: 'user', content: 'my diagnosis' }] })
  if (hostLine) console.log(`${hostLine}${index}.`)
}

const tell = (message) => new Promise((resolve) => (process.send ? process.send(message, resolve) : resolve()))
await tell('called')
if (process.send) process.disconnect()
if (ending === 'exit') process.exit(3)
if (ending === 'crash') {
  setImmediate(() => {
    throw new Error('on purpose')
  })
}
if (ending === 'SIGTERM') {
  setInterval(() => {}, 60_000)
  process.kill(process.pid, 'SIGTERM')
}
