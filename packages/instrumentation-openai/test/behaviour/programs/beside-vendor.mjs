import { createRequire } from 'node:module'
import { trace } from '@opentelemetry/api'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { OpenAIInstrumentation } from '@tokenmeter/instrumentation-openai'
import { meters } from '../../support/metrics.ts'
import { spans } from '../../support/spans.ts'

/*
 * Uses openai from `MODULE` in many ways, with the instrumentations that `ORDER` names, registered in this order: `ours`, and `theirs`, which is that of
 * `VENDOR`. Prints as JSON what the application got, their spans, our calls and our metrics.
 */
const { MODULE, VENDOR, ORDER, WIRE_URL } = process.env
const { provider: tracerProvider, ended } = spans()
const { provider: meterProvider, read } = meters()
trace.setGlobalTracerProvider(tracerProvider)

const calls = []
const summary = ({ operation, outcome, response, usage, cost }) =>
  `${operation} ${outcome.kind} ${response?.model} ${usage?.inputTokens}/${usage?.outputTokens} ${cost?.picoUsd}`

const vendors = {
  opentelemetry: async () => new (await import('@opentelemetry/instrumentation-openai')).OpenAIInstrumentation(),
  traceloop: async () => new (await import('@traceloop/instrumentation-openai')).OpenAIInstrumentation(),
  openinference: async () =>
    new (await import('@arizeai/openinference-instrumentation-openai')).OpenAIInstrumentation(),
  // Wraps a client instead.
  langfuse: async () => [],
}
const instrumentations = []
for (const name of ORDER.split(' ')) {
  const ours = () => new OpenAIInstrumentation({ onCall: (call) => calls.push(summary(call)) })
  instrumentations.push(name === 'ours' ? ours() : await vendors[VENDOR]())
}
registerInstrumentations({ instrumentations: instrumentations.flat(), tracerProvider, meterProvider })

const { OpenAI } = createRequire(import.meta.url)(MODULE)
const plain = new OpenAI({ apiKey: 'sk-test', baseURL: WIRE_URL, maxRetries: 0 })
const isWrapped = VENDOR === 'langfuse' && ORDER.includes('theirs')
const client = isWrapped ? (await import('@langfuse/openai')).observeOpenAI(plain) : plain
const { completions } = client.chat
const helpers = MODULE === 'openai-v4' ? client.beta.chat.completions : completions

const CHAT = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hi' }] }
const STREAM = { ...CHAT, stream: true, stream_options: { include_usage: true } }
const RESPONSE = { model: 'gpt-4o-mini', input: 'Hi' }
const weather = { name: 'weather', parameters: { type: 'object' }, parse: JSON.parse, function: ({ city }) => city }

async function readAll(stream) {
  const items = []
  for await (const item of stream) items.push(item)
  return items
}

const ways = {
  chat: () => completions.create(CHAT),
  withResponse: async () => (await completions.create(CHAT).withResponse()).data,
  asResponse: async () => (await completions.create(CHAT).asResponse()).json(),
  'awaited twice': async () => {
    const promise = completions.create(CHAT)
    return [await promise, (await promise) === (await promise)]
  },
  parse: () => helpers.parse(CHAT),
  stream: async () => readAll(await completions.create(STREAM)),
  tee: async () => {
    const [one, other] = (await completions.create(STREAM)).tee()
    return [await readAll(one), await readAll(other)]
  },
  'stream helper': () => helpers.stream(STREAM).finalContent(),
  runTools: () => helpers.runTools({ ...CHAT, tools: [{ type: 'function', function: weather }] }).finalContent(),
  embeddings: () => client.embeddings.create({ model: 'text-embedding-3-small', input: 'Hi' }),
  response: () => client.responses.create(RESPONSE),
  'streamed response': async () => readAll(await client.responses.create({ ...RESPONSE, stream: true })),
  refused: () => completions.create({ ...CHAT, user: 'refused' }),
  'refused stream': async () => readAll(await completions.create({ ...STREAM, user: 'refused' })),
}

const errors = []
process.on('unhandledRejection', (error) => errors.push(String(error)))
const got = {}
for (const [name, use] of Object.entries(ways)) {
  got[name] = await Promise.resolve()
    .then(use)
    .catch((error) => `${error.constructor.name}: ${error.message}`)
  // What others do with an answer may take some turns more.
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
}
for (const { watch } of instrumentations.flat()) watch?.endOpenCalls()
const theirs = ended()
  .filter(({ instrumentationScope }) => !instrumentationScope.name.startsWith('@tokenmeter/'))
  .map(({ name, status, attributes }) => [name, status.code, Object.keys(attributes).toSorted()])
  .toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))
console.log(
  JSON.stringify({ got, errors, theirs, calls, requests: await read('ai.requests'), cost: await read('ai.cost') }),
)
