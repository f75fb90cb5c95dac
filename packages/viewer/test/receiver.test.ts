import { request as httpRequest } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { startViewer, type ViewerOptions, type Viewer } from '../src/server/server.ts'
import { callSpan, exportOf, hexId, plainSpan } from './support/telemetry.ts'

const JSON_TYPE = { 'content-type': 'application/json' }
const BODY = exportOf([callSpan({ cost: 0.5 })]).body as Uint8Array<ArrayBuffer>

async function viewer(options: ViewerOptions = {}): Promise<Viewer> {
  return await startViewer({ port: 0, ...options })
}

async function post(
  url: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = JSON_TYPE,
): Promise<{ status: number; text: string; type: string | null }> {
  const response = await fetch(`${url}/v1/traces`, { method: 'POST', body, headers })
  return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
}

async function callsAt(url: string): Promise<number> {
  const { calls } = (await (await fetch(`${url}/api/status`)).json()) as { calls: { kept: number } }
  return calls.kept
}

test('an export in JSON is answered in JSON, and stored', async () => {
  await using running = await viewer()
  expect(await post(running.url, BODY)).toEqual({ status: 200, text: '{}', type: 'application/json' })
  expect(await callsAt(running.url)).toBe(1)
})

test('an export packed by gzip is unpacked', async () => {
  await using running = await viewer()
  const packed = gzipSync(BODY)
  expect(await post(running.url, packed, { ...JSON_TYPE, 'content-encoding': 'gzip' })).toMatchObject({ status: 200 })
  expect(await callsAt(running.url)).toBe(1)
})

test('what was not taken is told, and counted', async () => {
  await using running = await viewer()
  const { body } = exportOf([callSpan(), callSpan({ traceId: hexId(32, 0) })])
  const { text: answer } = await post(running.url, body as Uint8Array<ArrayBuffer>)
  expect(JSON.parse(answer)).toEqual({
    partialSuccess: {
      rejectedSpans: '1',
      errorMessage: '1 of 2 spans have no valid trace id, span id or time',
    },
  })
})

test('a body that is no OTLP is 400 in the format it came in', async () => {
  await using running = await viewer()
  const asJson = await post(running.url, '{"resourceSpans": 3}')
  expect(asJson).toMatchObject({ status: 400, type: 'application/json' })
  expect(JSON.parse(asJson.text)).toEqual({
    code: 3,
    message: 'The body is no OTLP: resourceSpans must be an array, got 3',
  })
  const asProtobuf = await post(running.url, Uint8Array.from([0xff]), { 'content-type': 'application/x-protobuf' })
  expect(asProtobuf).toMatchObject({ status: 400, type: 'application/x-protobuf' })
})

test('other content types are 415, other methods 405, other encodings 415', async () => {
  await using running = await viewer()
  expect(await post(running.url, BODY, { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
  expect(await post(running.url, BODY, { ...JSON_TYPE, 'content-encoding': 'br' })).toMatchObject({ status: 415 })
  const got = await fetch(`${running.url}/v1/traces`)
  expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
})

test('a body that is too large is 413, as sent and unpacked', async () => {
  await using running = await viewer({ limits: { compressed: 1000, unpacked: 2000 } })
  expect(await post(running.url, new Uint8Array(1001))).toMatchObject({ status: 413 })
  const bomb = gzipSync(Buffer.alloc(100_000))
  expect(bomb.length).toBeLessThan(1000)
  expect(await post(running.url, bomb, { ...JSON_TYPE, 'content-encoding': 'gzip' })).toMatchObject({ status: 413 })
  expect(await post(running.url, BODY)).toMatchObject({ status: 200 })
})

test('a body that is not what its encoding says is 400', async () => {
  await using running = await viewer()
  expect(await post(running.url, BODY, { ...JSON_TYPE, 'content-encoding': 'gzip' })).toMatchObject({ status: 400 })
})

/** `fetch` does not let one choose the host. */
async function asks(url: string, headers: Record<string, string>): Promise<number | undefined> {
  const request = httpRequest(`${url}/api/calls`, { headers })
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request.on('error', reject).on('response', (response) => {
      void text(response).then(() => resolve(response.statusCode))
    })
  })
  request.end()
  return await answered
}

test('a name that leads here from elsewhere is refused, and so is a page from elsewhere', async () => {
  await using running = await viewer()
  const { port } = new URL(running.url)
  expect(await asks(running.url, { host: `localhost:${port}` })).toBe(200)
  expect(await asks(running.url, { host: 'evil.example' })).toBe(403)
  expect(await asks(running.url, { origin: 'https://evil.example' })).toBe(403)
  expect(await asks(running.url, { origin: 'null' })).toBe(403)
  expect(await asks(running.url, { origin: `http://127.0.0.1:${port}` })).toBe(200)
})

test('clearing needs the token', async () => {
  await using running = await viewer()
  await post(running.url, BODY)
  const clear = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${running.url}/api/clear`, { method: 'POST', headers })).status
  expect(await clear({})).toBe(401)
  expect(await callsAt(running.url)).toBe(1)
  expect(await clear({ 'x-tokenmeter-token': running.token })).toBe(200)
  expect(await callsAt(running.url)).toBe(0)
})

test('a port that is taken is an error with its code', async () => {
  await using running = await viewer()
  const { port } = new URL(running.url)
  await expect(startViewer({ port: Number(port) })).rejects.toThrow('EADDRINUSE')
})

test('the API refuses what makes no sense, with what would', async () => {
  await using running = await viewer()
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${running.url}${path}`)
    return [response.status, ((await response.json()) as { error?: string }).error]
  }
  expect(await ask('/api/calls?limit=0')).toEqual([400, 'limit must be a whole number from 1 to 1000, got "0"'])
  expect(await ask('/api/calls?filter=cost%3Emuch')).toEqual([
    400,
    'cost is compared with a number, as in cost>1, not with "much"',
  ])
  expect(await ask('/api/totals?from=later')).toMatchObject([400, expect.stringContaining('from must be milliseconds')])
  expect(await ask('/api/traces/00000000000000000000000000000001')).toMatchObject([404, expect.any(String)])
  expect(await ask('/api/nothing')).toMatchObject([404, expect.any(String)])
  expect(await ask('/api/breakdown?by=colour')).toMatchObject([
    400,
    expect.stringContaining('by must be one of all, model'),
  ])
})

test('spans of a trace are given page by page', async () => {
  await using running = await viewer()
  const traceId = hexId(32, 1)
  const body = exportOf([1, 2, 3].map((number) => plainSpan({ spanId: hexId(16, number) })))
    .body as Uint8Array<ArrayBuffer>
  await post(running.url, body)
  const page = async (query: string): Promise<{ next?: string; tree: readonly { spanId: string }[] }> =>
    (await (await fetch(`${running.url}/api/traces/${traceId}${query}`)).json()) as Awaited<ReturnType<typeof page>>
  const first = await page('?limit=2')
  const second = await page(`?limit=2&after=${first.next}`)
  expect(first.tree.map(({ spanId }) => spanId)).toEqual([hexId(16, 1), hexId(16, 2)])
  expect(second).toMatchObject({ spans: 3, tree: [{ spanId: hexId(16, 3) }] })
  expect(second).not.toHaveProperty('next')
})
