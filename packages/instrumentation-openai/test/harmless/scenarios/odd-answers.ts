import { gzipSync } from 'node:zlib'
import { chatCompletion, chatStream, CHAT_USAGE, DONE, embedding, response, sse } from '../../support/wire-answers.ts'
import type { Answer } from '../../support/wire-server.ts'
import { CHAT, CHAT_STREAM, EMBEDDING, RESPONSE, RESPONSE_STREAM } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

const HELLO = Buffer.from(JSON.stringify(chatCompletion().json))

/** Answers to a call that is not streamed, which are not what the API documents. */
const ODD_ANSWERS: Readonly<Record<string, Answer>> = {
  'no choices': chatCompletion({ choices: undefined }),
  'choices null': chatCompletion({ choices: null }),
  'choices empty': chatCompletion({ choices: [] }),
  'choices of nonsense': chatCompletion({ choices: [null, 5, 'a', {}, { message: null }] }),
  'no usage': chatCompletion({ usage: undefined }),
  'usage null': chatCompletion({ usage: null }),
  'usage a string': chatCompletion({ usage: 'lots' }),
  'usage of strings': chatCompletion({ usage: { prompt_tokens: '12', completion_tokens: 'many' } }),
  'usage negative and fractional': chatCompletion({ usage: { prompt_tokens: -1, completion_tokens: 0.5 } }),
  'usage with null details': chatCompletion({
    usage: { ...CHAT_USAGE, prompt_tokens_details: null, completion_tokens_details: null },
  }),
  'usage that exceeds its total': chatCompletion({
    usage: { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: 99 } },
  }),
  'model, id and tier of other types': chatCompletion({
    id: 5,
    model: { name: 'x' },
    service_tier: [],
    system_fingerprint: false,
  }),
  'everything null': chatCompletion(
    Object.fromEntries(Object.keys(chatCompletion().json as object).map((key) => [key, null])),
  ),
  'unknown fields': {
    body: '{"x":{"deep":[1]},"constructor":1,"toString":2,"then":3,"choices":[]}',
  },
  'own __proto__': {
    body: '{"id":"p","__proto__":{"polluted":true},"choices":[],"usage":{"__proto__":{"prompt_tokens":5}}}',
  },
  null: { json: null },
  'an array': { json: [1, 2] },
  'an empty array': { json: [] },
  'a string': { json: 'hello' },
  'a number': { json: 0 },
  false: { json: false },
  'an empty object': { json: {} },
  'an empty body': { body: '' },
  '204': { status: 204 },
  '201': { ...chatCompletion(), status: 201 },
  'truncated JSON': { body: '{"id":"chatcmpl-1","choices":[' },
  'two values': { body: '{"a":1}{"b":2}' },
  'a byte order mark': { body: `\uFEFF${HELLO.toString()}` },
  'invalid UTF-8': { body: Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]) },
  HTML: { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
  'JSON called text': { headers: { 'content-type': 'text/plain' }, body: HELLO },
  'JSON of another type': { headers: { 'content-type': 'application/problem+json; charset=utf-8' }, body: HELLO },
  'no content type': { headers: { 'content-type': '' }, body: HELLO },
  gzip: { headers: { 'content-encoding': 'gzip' }, body: gzipSync(HELLO) },
  'a declared length': { headers: { 'content-length': String(HELLO.length) }, body: HELLO },
  'a line of 1 MB': chatCompletion({ x_padding: 'x'.repeat(1_000_000) }),
}

/** Streams whose events are not what the API documents. */
const ODD_STREAMS: Readonly<Record<string, Answer>> = {
  'chunks that are no objects': { pieces: ['data: null\n\n', 'data: 5\n\n', 'data: "a"\n\n', 'data: [1]\n\n', DONE] },
  'chunks without choices': { pieces: [sse({}), sse({ choices: null }), sse({ choices: 'x' }), DONE] },
  'choices of nonsense': {
    pieces: [sse({ choices: [null, 5, {}, { delta: null }, { delta: 'x', index: 'y' }] }), DONE],
  },
  'usage of nonsense': chatStream(['Hi'], { usage: { prompt_tokens: 'x', completion_tokens: [] } }),
  'usage in every chunk': chatStream(['Hel', 'lo'], { chunk: { usage: CHAT_USAGE } }),
  'usage null in every chunk': chatStream(['Hel', 'lo'], { chunk: { usage: null } }),
  'model and id of other types': chatStream(['Hi'], { chunk: { id: 5, model: {}, created: 'now' } }),
  'own __proto__': { pieces: ['data: {"__proto__":{"polluted":true},"choices":[{"__proto__":1}]}\n\n', DONE] },
  'an error that is null': { pieces: [sse({ error: null, choices: [] }), DONE] },
  'an error that is a string': { pieces: [sse({ error: 'no' })] },
  'named events': { pieces: [sse({ id: 'x', choices: [] }, 'chunk'), sse({ a: 1 }, 'ping'), DONE] },
  'empty data': { pieces: ['data:\n\n', 'data: \n\n', 'event: x\n\n', DONE] },
  'an event that never ends': { pieces: ['data: {"id":"x"'] },
  'HTML instead of events': { headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
  'a line of 1 MB': chatStream(['x'.repeat(1_000_000)]),
}

/** Responses streams whose events are not what the API documents. */
const ODD_RESPONSE_STREAMS: Readonly<Record<string, Answer>> = {
  'events that are no objects': { pieces: ['data: null\n\n', 'data: 5\n\n', DONE] },
  'completed without a response': {
    pieces: [sse({ type: 'response.completed' }), sse({ type: 'response.completed', response: null })],
  },
  'usage of nonsense': {
    pieces: [sse({ type: 'response.completed', response: { usage: 'x', model: 5, output: 'y' } })],
  },
  'a type that is no string': { pieces: [sse({ type: 5 }), sse({ type: null }), sse({})] },
}

/** Answers that make no sense: what the application gets of them must be the client's doing alone. */
export const oddAnswers: readonly Scenario[] = [
  {
    name: 'odd answers to a chat completion',
    script: Object.values(ODD_ANSWERS),
    calls: Object.keys(ODD_ANSWERS).length,
    run: async ({ client, attempt, print }) => {
      for (const label of Object.keys(ODD_ANSWERS)) await attempt(label, () => client.chat.completions.create(CHAT))
      print('polluted', ({} as { polluted?: boolean }).polluted)
    },
  },
  {
    name: 'odd answers to a Responses call',
    script: [
      ...['usage', 'output', 'model', 'status', 'error'].flatMap((field) => [
        response({ [field]: undefined }),
        response({ [field]: null }),
        response({ [field]: 5 }),
      ]),
      { json: null },
      { json: [] },
      { body: '{' },
    ],
    calls: 18,
    run: async ({ client, attempt }) => {
      for (let count = 1; count <= 18; count++)
        await attempt(`answer ${count}`, () => client.responses.create(RESPONSE))
    },
  },
  {
    name: 'odd answers to an embedding call',
    script: [
      embedding([], {}),
      embedding([], { data: null }),
      embedding([], { data: undefined }),
      embedding([], { data: [null] }),
      embedding([], { data: [{ embedding: 5 }] }),
      embedding([[1, 2]]),
      embedding(['%%%']),
      embedding(undefined, { usage: null, model: null }),
      { json: null },
      { json: [] },
    ],
    calls: 10,
    run: async ({ client, attempt }) => {
      for (let count = 1; count <= 10; count++)
        await attempt(`answer ${count}`, () => client.embeddings.create(EMBEDDING))
    },
  },
  {
    name: 'odd streams',
    script: Object.values(ODD_STREAMS),
    calls: Object.keys(ODD_STREAMS).length,
    run: async ({ client, attempt, print }) => {
      for (const label of Object.keys(ODD_STREAMS)) {
        await attempt(label, async () => {
          for await (const chunk of await client.chat.completions.create(CHAT_STREAM)) print('chunk', chunk)
        })
      }
    },
  },
  {
    name: 'odd Responses streams',
    script: Object.values(ODD_RESPONSE_STREAMS),
    calls: Object.keys(ODD_RESPONSE_STREAMS).length,
    run: async ({ client, attempt, print }) => {
      for (const label of Object.keys(ODD_RESPONSE_STREAMS)) {
        await attempt(label, async () => {
          for await (const event of await client.responses.create(RESPONSE_STREAM)) print('event', event)
        })
      }
    },
  },
  {
    name: 'broken gzip',
    script: {
      headers: { 'content-encoding': 'gzip' },
      body: Buffer.concat([gzipSync(HELLO).subarray(0, 12), Buffer.alloc(40, 7)]),
    },
    calls: ['chat_completion error 200 -'],
    run: async ({ client, attempt }) => attempt('answer', () => client.chat.completions.create(CHAT)),
  },
  {
    name: 'a long stream',
    script: chatStream(Array.from({ length: 2000 }, (_, index) => `${index} `)),
    calls: ['chat_completion success 200 -'],
    run: async ({ client, print }) => {
      let text = ''
      for await (const chunk of await client.chat.completions.create(CHAT_STREAM))
        text += chunk.choices[0]?.delta.content ?? ''
      print('text', text)
    },
  },
]
