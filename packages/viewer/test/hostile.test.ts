import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { assert, asyncProperty, constantFrom, integer, uint8Array } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callSpan, exportOf, hexId, jsonAttributes, plainSpan } from './support/telemetry.ts'

const MIB = 1024 * 1024
const SIGNALS = ['traces', 'metrics', 'logs'] as const
const JSON_TYPE = 'application/json'
const PROTOBUF_TYPE = 'application/x-protobuf'

let child: ChildProcess
let url: string

beforeAll(async () => {
  const program = fileURLToPath(new URL('programs/viewer.mjs', import.meta.url))
  child = fork(program, { execArgv: ['--conditions=source'] })
  const [told] = (await once(child, 'message')) as [{ readonly url: string }]
  ;({ url } = told)
})

afterAll(async () => {
  child.kill()
  await once(child, 'exit')
})

async function post(
  body: Uint8Array,
  { type = JSON_TYPE, signal = 'traces', gzip = false }: { type?: string; signal?: string; gzip?: boolean } = {},
): Promise<number> {
  const headers = { 'content-type': type, ...(gzip && { 'content-encoding': 'gzip' }) }
  const response = await fetch(`${url}/v1/${signal}`, {
    method: 'POST',
    body: body as Uint8Array<ArrayBuffer>,
    headers,
  })
  await response.arrayBuffer()
  return response.status
}

let lastSpan = 0

/** Whether the viewer still takes what is right. */
async function isWell(): Promise<boolean> {
  lastSpan += 1
  const traceId = hexId(32, 1_000_000 + lastSpan)
  const taken = await post(exportOf([callSpan({ traceId, cost: 0.5 })]).body)
  const { cost } = (await (await fetch(`${url}/api/traces/${traceId}`)).json()) as { readonly cost: string }
  return taken === 200 && cost === '0.5'
}

function validProtobuf(): Uint8Array {
  const exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] })
  const tracer = provider.getTracer('test')
  for (const name of ['a', 'b']) tracer.startSpan(name, { attributes: { list: [1, 2], text: 'x'.repeat(50) } }).end()
  return ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()) ?? new Uint8Array()
}

test('any bytes, as any signal in any format, are taken or refused', async () => {
  await assert(
    asyncProperty(
      uint8Array({ maxLength: 400 }),
      constantFrom(...SIGNALS),
      constantFrom(JSON_TYPE, PROTOBUF_TYPE),
      async (body, signal, type) => {
        expect([200, 400]).toContain(await post(body, { signal, type }))
        expect([200, 400]).toContain(await post(gzipSync(body), { signal, type, gzip: true }))
      },
    ),
    { numRuns: 100 },
  )
  expect(await isWell()).toBe(true)
})

test('an export that is cut off, or in which a byte is another, is taken or refused', async () => {
  const whole = validProtobuf()
  await assert(
    asyncProperty(integer({ min: 0, max: whole.length - 1 }), integer({ min: 0, max: 255 }), async (at, byte) => {
      expect([200, 400]).toContain(await post(whole.subarray(0, at), { type: PROTOBUF_TYPE }))
      expect([200, 400]).toContain(await post(whole.with(at, byte), { type: PROTOBUF_TYPE }))
    }),
    { numRuns: 100 },
  )
  expect(await isWell()).toBe(true)
})

test('many bombs at once are given up, within the memory that they may have', async () => {
  const beyond = gzipSync(Buffer.alloc(65 * MIB))
  const almost = gzipSync(Buffer.alloc(63 * MIB))
  const bombs = Array.from({ length: 24 }, (_, index) => post(index % 2 === 0 ? beyond : almost, { gzip: true }))
  // Zeros are no JSON; and who comes while there is no room comes again.
  for (const status of await Promise.all(bombs)) expect([400, 413, 503]).toContain(status)
  expect(await isWell()).toBe(true)
  child.send('memory')
  const [{ rss }] = (await once(child, 'message')) as [{ readonly rss: number }]
  expect(rss).toBeLessThan(600 * MIB)
})

test('a bomb in a bomb is packed bytes, and no OTLP', async () => {
  const packed = gzipSync(gzipSync(Buffer.alloc(10 * MIB)))
  expect(await post(packed, { gzip: true })).toBe(400)
})

test('a value of many levels is refused, in any place', async () => {
  const open = '{"arrayValue":{"values":['
  const close = ']}}'
  const deep = `${open.repeat(100_000)}${close.repeat(100_000)}`
  const span = JSON.stringify(plainSpan({})).replace(/\}$/, `,"attributes":[{"key":"a","value":${deep}}]}`)
  const body = `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`
  expect(await post(Buffer.from(body))).toBe(400)
  expect(await post(Buffer.from('['.repeat(1_000_000)))).toBe(400)
  expect(await isWell()).toBe(true)
})

test('huge attributes are kept whole, and many of them', async () => {
  const text = 'x'.repeat(8 * MIB)
  const many = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`key-${index}`, index]))
  const spans = [
    { ...plainSpan({ traceId: hexId(32, 501) }), attributes: jsonAttributes({ text }) },
    { ...plainSpan({ traceId: hexId(32, 502), name: 'y'.repeat(MIB) }), attributes: jsonAttributes(many) },
  ]
  expect(await post(exportOf(spans).body)).toBe(200)
  const trace = (await (await fetch(`${url}/api/traces/${hexId(32, 501)}`)).json()) as { tree: { id: number }[] }
  const held = (await (await fetch(`${url}/api/spans/${trace.tree[0]?.id}`)).json()) as { attributes: { text: string } }
  expect(held.attributes.text.length).toBe(8 * MIB)
  expect(await isWell()).toBe(true)
})

test('who promises more than they send, or hangs up, does no harm', async () => {
  const { port } = new URL(url)
  const head = `POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: ${JSON_TYPE}\r\n`
  for (const rest of ['Content-Length: 100\r\n\r\n{"reso', 'Transfer-Encoding: chunked\r\n\r\nffff\r\n{']) {
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.end(head + rest)
    await once(socket.resume(), 'close')
  }
  expect(await isWell()).toBe(true)
})

test('names that objects have by themselves are names like others', async () => {
  const attributes = jsonAttributes(
    JSON.parse('{"__proto__":"a","constructor":"b","toString":"c"}') as object as Record<string, unknown>,
  )
  const traceId = hexId(32, 503)
  expect(await post(exportOf([{ ...callSpan({ traceId }), attributes }]).body)).toBe(200)
  const { tree } = (await (await fetch(`${url}/api/traces/${traceId}`)).json()) as { tree: { id: number }[] }
  const text = await (await fetch(`${url}/api/spans/${tree[0]?.id}`)).text()
  expect(text).toContain('"constructor":"b"')
  expect(await isWell()).toBe(true)
})
