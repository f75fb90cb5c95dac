/* One call waits for its headers, one for its body, one for its next attempt. */
const { OpenAI } = await import(process.env.OPENAI_PACKAGE)
const [port] = Object.values(JSON.parse(process.env.HARMLESS_PORTS))
const client = new OpenAI({ apiKey: 'sk-test', baseURL: `http://127.0.0.1:${port}/v1` })
const messages = [{ role: 'user', content: 'Hi' }]
const ask = (model) => client.chat.completions.create({ model, messages })

void ask('no headers')
const promise = ask('no body')
void promise.withResponse()
await promise.asResponse()
client.calculateDefaultRetryTimeoutMillis = () => {
  console.log('one is on its way, one has its headers, one is to be repeated')
  process.exit(7)
}
await ask('no luck')
