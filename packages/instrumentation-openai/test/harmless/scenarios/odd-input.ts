import { chatCompletion } from '../../support/wire-answers.ts'
import { CHAT } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

const circular: Record<string, unknown> = { ...CHAT }
circular['self'] = circular

class Params {
  readonly model = 'gpt-4o-mini'
  readonly #messages = CHAT.messages
  get messages(): typeof CHAT.messages {
    return this.#messages
  }
  toJSON(): object {
    return { model: 'from-toJSON', messages: this.#messages }
  }
}

function throws(what: string): never {
  throw new RangeError(what)
}

/** What the client itself looks for in parameters. */
const LOOKED_FOR: ReadonlySet<unknown> = new Set(['body', 'size', 'stream', 'toJSON'])

/** Throws at whoever asks for another field than its own. */
const strictParams = new Proxy(CHAT, {
  get: (fields, key) => (key in fields || LOOKED_FOR.has(key) ? Reflect.get(fields, key) : throws(`no ${String(key)}`)),
})

/** Parameters that nobody should pass. */
const ODD_PARAMS: readonly (readonly [string, () => unknown])[] = [
  ['nothing', () => undefined],
  ['null', () => null],
  ['a number', () => 5],
  ['a string', () => 'gpt-4o-mini'],
  ['an array', () => [CHAT]],
  ['an empty object', () => ({})],
  ['an object without a prototype', () => Object.assign(Object.create(null), CHAT) as object],
  ['an instance of a class with toJSON', () => new Params()],
  ['a proxy', () => new Proxy(CHAT, {})],
  ['a proxy that throws', () => new Proxy(CHAT, { get: (_target, key) => throws(`get ${String(key)}`) })],
  ['a circular object', () => circular],
  ['a bigint', () => ({ ...CHAT, n: 1n })],
  [
    'a getter that throws',
    () => Object.defineProperty({ ...CHAT }, 'temperature', { get: () => throws('getter'), enumerable: true }),
  ],
  [
    'a model that cannot be a string',
    () => ({ ...CHAT, model: { toString: () => throws('toString'), toJSON: () => 'odd' } }),
  ],
  ['a model that is a symbol', () => ({ ...CHAT, model: Symbol('model') })],
  ['a model that is null', () => ({ ...CHAT, model: null })],
  ['messages that are null', () => ({ ...CHAT, messages: null })],
  ['messages that are a string', () => ({ ...CHAT, messages: 'Hi' })],
  ['messages with holes and nulls', () => ({ ...CHAT, messages: [undefined, null, 5, { role: 7 }] })],
  ['an unknown role', () => ({ ...CHAT, messages: [{ role: 'wizard', content: { deep: [[]] } }] })],
  ['NaN and infinities', () => ({ ...CHAT, temperature: NaN, top_p: Infinity, max_tokens: -0, seed: 2 ** 60 })],
  [
    'parameters of the wrong type',
    () => ({ ...CHAT, temperature: 'hot', stop: { a: 1 }, n: [], stream_options: 'yes', tools: 5 }),
  ],
  ['stream null', () => ({ ...CHAT, stream: null })],
  ['stream 0', () => ({ ...CHAT, stream: 0 })],
  [
    'an own __proto__',
    () => JSON.parse('{"model":"gpt-4o-mini","messages":[],"__proto__":{"polluted":true}}') as unknown,
  ],
  [
    'a date, a map and a function',
    () => ({ ...CHAT, metadata: { at: new Date(0), map: new Map([[1, 2]]), f: throws } }),
  ],
  ['lone surrogates', () => ({ ...CHAT, messages: [{ role: 'user', content: '\uD800 \u0000' }] })],
]

/** Options that nobody should pass. */
const ODD_OPTIONS: readonly (readonly [string, () => unknown])[] = [
  ['null', () => null],
  ['a number', () => 5],
  ['headers null', () => ({ headers: null })],
  ['a header with a line break', () => ({ headers: { 'x-bad': 'a\nb' } })],
  ['a header that is a number', () => ({ headers: { 'x-number': 5, 'x-list': ['a', 'b'] } })],
  ['a signal that is none', () => ({ signal: {} })],
  ['a timeout of NaN', () => ({ timeout: NaN })],
  ['a negative timeout', () => ({ timeout: -1 })],
  ['maxRetries as a string', () => ({ maxRetries: 'many' })],
  ['another path and method', () => ({ path: '/elsewhere', method: 'put' })],
  ['options that are frozen', () => Object.freeze({ headers: Object.freeze({ 'x-frozen': '1' }) })],
]

/** Calls with parameters that make no sense: the error, or the lack of one, must be the client's. */
export const oddInput: readonly Scenario[] = [
  {
    name: 'odd parameters',
    script: chatCompletion(),
    run: async ({ client, attempt }) => {
      for (const [label, params] of ODD_PARAMS) {
        await attempt(label, async () => client.chat.completions.create(params() as never))
      }
    },
  },
  {
    name: 'parameters that throw at whoever asks for another field than theirs',
    script: chatCompletion(),
    calls: ['chat_completion success 200 1117/342'],
    run: async ({ client, print }) => print('answer', await client.chat.completions.create(strictParams)),
  },
  {
    name: 'a request that cannot be made of its parameters',
    script: chatCompletion(),
    calls: ['chat_completion error - -', 'chat_completion error - -'],
    run: async ({ client, attempt }) => {
      const withGetter = Object.defineProperty({ ...CHAT }, 'seed', { get: () => throws('seed'), enumerable: true })
      await attempt('a getter that throws', () => client.chat.completions.create(withGetter))
      await attempt('a circular object', () => client.chat.completions.create(circular as never))
    },
  },
  {
    name: 'odd parameters of Responses and embeddings',
    script: { json: { id: 'any', data: [], output: [] } },
    run: async ({ client, attempt }) => {
      for (const [label, params] of ODD_PARAMS) {
        await attempt(`response: ${label}`, async () => client.responses.create(params() as never))
        await attempt(`embedding: ${label}`, async () => client.embeddings.create(params() as never))
      }
    },
  },
  {
    name: 'odd options',
    script: chatCompletion(),
    run: async (app) => {
      const { completions } = app.connect({ maxRetries: 0 }).chat
      for (const [label, options] of ODD_OPTIONS) {
        await app.attempt(label, async () => completions.create(CHAT, options() as never))
      }
    },
  },
  {
    name: 'a method that lost its object',
    script: [],
    calls: [],
    run: async ({ client, attempt }) => {
      const { create } = client.chat.completions
      await attempt('create', () => create(CHAT))
    },
  },
  {
    name: 'a body of the application: a string, bytes, a stream',
    since: 5,
    script: chatCompletion(),
    run: async ({ connect, attempt }) => {
      const client = connect({ maxRetries: 0 })
      const text = JSON.stringify(CHAT)
      const headers = { 'content-type': 'application/json' }
      await attempt('string', () => client.post('/chat/completions', { body: text as never, headers }))
      await attempt('bytes', () => client.post('/chat/completions', { body: Buffer.from(text) as never, headers }))
      const body = new Blob([text]).stream()
      await attempt('stream', () => client.post('/chat/completions', { body: body as never, headers }))
      await attempt('used', () => client.post('/chat/completions', { body: body as never, headers }))
    },
  },
]
