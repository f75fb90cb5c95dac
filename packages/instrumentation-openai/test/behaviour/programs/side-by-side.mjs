import { createRequire } from 'node:module'
import { observeOpenAI } from '@langfuse/openai'
import { trace } from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { OpenAIInstrumentation as TheirInstrumentation } from '@opentelemetry/instrumentation-openai'
import { OpenAIInstrumentation } from '@tokenmeter/instrumentation-openai'
import { meters } from '../../support/metrics.ts'
import { spans } from '../../support/spans.ts'

/*
 * Uses openai from `MODULE` with our instrumentation and that of `VENDOR`, registered in the order of `ORDER`, and prints as JSON, step by step, what
 * the application got and which spans began. At last our metrics.
 */
const { MODULE, VENDOR, ORDER, WIRE_URL } = process.env
const { provider: tracerProvider, tree } = spans()
const { provider: meterProvider, read } = meters()
trace.setGlobalTracerProvider(tracerProvider)

const ours = new OpenAIInstrumentation()
const theirs = VENDOR === 'opentelemetry' ? new TheirInstrumentation() : undefined
const inOrder = ORDER.split(' ').flatMap((name) => ({ ours, theirs })[name] ?? [])
registerInstrumentations({ instrumentations: inOrder, tracerProvider, meterProvider })

const { OpenAI } = createRequire(import.meta.url)(MODULE)
const plain = new OpenAI({ apiKey: 'sk-test', baseURL: WIRE_URL, maxRetries: 0 })
const client = VENDOR === 'langfuse' ? observeOpenAI(plain) : plain
const chat = MODULE === 'openai-v4' ? client.beta.chat.completions : client.chat.completions

const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }
const ask = async () => (await client.chat.completions.create(CHAT)).choices[0].message.content

async function readStream() {
  let text = ''
  for await (const chunk of await client.chat.completions.create({ ...CHAT, stream: true })) {
    text += chunk.choices[0]?.delta.content ?? ''
  }
  return text
}

async function runTools() {
  const weather = { name: 'weather', parameters: { type: 'object' }, parse: JSON.parse, function: ({ city }) => city }
  const runner = chat.runTools({ ...CHAT, tools: [{ type: 'function', function: weather }] })
  return [await runner.finalContent(), runner.messages.at(-2).content]
}

const steps = {
  chat: ask,
  stream: readStream,
  error: () => ask().catch((error) => error.constructor.name),
  runTools,
  'without theirs': () => (theirs?.disable(), ask()),
  'without both': () => (ours.disable(), ask()),
  'both again': () => {
    for (const instrumentation of inOrder) instrumentation.enable()
    return ask()
  },
  'without ours': () => (ours.disable(), ask()),
  'ours again': () => (ours.enable(), ask()),
}

const report = {}
for (const [name, run] of Object.entries(steps)) {
  const before = tree().length
  const got = await run()
  // What another vendor does with a stream may take a turn more.
  await new Promise(setImmediate)
  report[name] = { got, spans: tree().slice(before) }
}
console.log(JSON.stringify({ ...report, requests: await read('ai.requests'), cost: await read('ai.cost') }))
