/** Takes away what edge runtimes do not have while Tokenmeter is loaded, makes three calls at once, and prints their attempts. */
const { OpenAI } = await import(process.argv[2])
process.getBuiltinModule = () => {
  throw new Error('not in this runtime')
}
const { FinalizationRegistry } = globalThis
delete globalThis.FinalizationRegistry
const { instrument } = await import('../../src/edge.ts')
const { watchOpenAI } = await import('../../src/watch.ts')
// `fetch` of Node needs it.
globalThis.FinalizationRegistry = FinalizationRegistry

const calls = []
watchOpenAI({ onCall: ({ request, outcome, attempts, usage }) => calls.push({ request, outcome, attempts, usage }) })
const client = instrument(new OpenAI({ apiKey: 'sk-test', baseURL: process.env.WIRE }))
const models = ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1']
await Promise.all(
  models.map((model) => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Hi' }] })),
)
for (const { request, outcome, attempts, usage } of calls.toSorted((a, b) =>
  a.request.model < b.request.model ? -1 : 1,
))
  console.log(request.model, outcome.kind, attempts.map(({ status }) => status).join(), usage?.inputTokens)
