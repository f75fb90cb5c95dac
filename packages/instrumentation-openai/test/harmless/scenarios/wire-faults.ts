import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { chatCompletion, sse, wireError } from '../../support/wire-answers.ts'
import type { Answer } from '../../support/wire-server.ts'
import { CHAT, CHAT_STREAM } from '../scenario.ts'
import type { Scenario } from '../scenario.ts'

const CHUNK = { id: '1', choices: [{ index: 0, delta: { content: 'gr\u00fc\u00df' } }] }
const ANSWER = JSON.stringify(chatCompletion().json)
const COMPRESSORS = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const

const ask: Scenario['run'] = async ({ connect, attempt }) => {
  const client = connect({ maxRetries: 0 })
  await attempt('answer', () => client.chat.completions.create(CHAT))
  await attempt('next', () => client.chat.completions.create(CHAT))
}

const readStream: Scenario['run'] = async (app) =>
  app.attempt('stream', async () => app.readAll(await app.client.chat.completions.create(CHAT_STREAM)))

function compressed(encoding: keyof typeof COMPRESSORS, length?: number): Answer {
  const body = COMPRESSORS[encoding](ANSWER).subarray(0, length)
  return { headers: { 'content-encoding': encoding }, body }
}

/** Encodings, bodies and headers as servers and proxies get them wrong. */
export const wireFaults: readonly Scenario[] = [
  ...(['gzip', 'deflate', 'br'] as const).flatMap((encoding): Scenario[] => [
    { name: `an answer in ${encoding}`, script: compressed(encoding), calls: 2, run: ask },
    { name: `an answer in ${encoding} that breaks off`, script: compressed(encoding, 40), calls: 2, run: ask },
    {
      name: `an answer said to be ${encoding} that is not`,
      script: { headers: { 'content-encoding': encoding }, body: ANSWER },
      calls: 2,
      run: ask,
    },
  ]),
  ...Object.entries({
    'truncated JSON': { body: ANSWER.slice(0, 100) },
    'an empty body': { body: '' },
    'the status 204': { status: 204 },
    'JSON that says it is text': { headers: { 'content-type': 'text/plain' }, body: ANSWER },
    'HTML that says it is JSON': { body: '<html></html>' },
    'a byte order mark': { body: `\uFEFF${ANSWER}` },
    'a page of HTML and the status 502': { ...wireError(502), body: '<html></html>' },
    '__proto__ and constructor': {
      body: '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"usage":{"__proto__":{"prompt_tokens":5}},"choices":[]}',
    },
    'a line of 1 MB': { json: { id: '1', choices: [], padding: 'x'.repeat(2 ** 20) } },
  } satisfies Record<string, Answer>).map(([what, script]): Scenario => ({
    name: `an answer with ${what}`,
    script,
    calls: 2,
    run: ask,
  })),
  ...Object.entries({
    'each byte on its own': [...Buffer.from(sse(CHUNK))].map((byte) => Uint8Array.of(byte)),
    'carriage returns alone': [sse(CHUNK).replaceAll('\n', '\r'), 'data: [DONE]\r\r'],
    'a byte order mark': [`\uFEFF${sse(CHUNK)}`, sse(CHUNK)],
    'comments and nothing else': [': ping\n\n', ': ping\n\n'],
    'a line of 1 MB': [sse({ ...CHUNK, padding: 'x'.repeat(2 ** 20) })],
    '__proto__ in a chunk': ['data: {"__proto__":{"polluted":1},"choices":[]}\n\n'],
  }).map(([what, pieces]): Scenario => ({
    name: `a stream with ${what}`,
    script: { pieces },
    calls: 1,
    run: readStream,
  })),
]
