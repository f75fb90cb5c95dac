/**
 * The first call of a process, with everything around it: prints the longest time, in milliseconds, in which the event loop could do nothing else.
 * Arguments: the address of a server, the model, and `bare` or `tokenmeter`.
 */
const [, , baseURL, model, variant] = process.argv

if (variant === 'tokenmeter') {
  const { installLoadHook, watchOpenAI } = await import('@tokenmeter/instrumentation-openai/watch')
  installLoadHook()
  watchOpenAI()
}
const { default: OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0 })

let longest = 0
let isOver = false
let before = performance.now()
function turn() {
  const now = performance.now()
  longest = Math.max(longest, now - before)
  before = now
  if (!isOver) setImmediate(turn)
}
setImmediate(turn)
await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })
await new Promise((resolve) => setTimeout(resolve, 50))
isOver = true
console.log(longest)
