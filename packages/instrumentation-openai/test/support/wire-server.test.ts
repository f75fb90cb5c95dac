import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { chatCompletion, chatStream, DONE, rateLimited, sse } from './wire-answers.ts'
import { PAUSE, wireServer } from './wire-server.ts'

test('requests are answered in the order of the script, and remembered', async () => {
  await using wire = await wireServer([rateLimited(), chatCompletion()])
  const first = await fetch(`${wire.url}/chat/completions`, { method: 'POST', body: '{"a":1}' })
  const second = await fetch(`${wire.url}/chat/completions?b=2`)
  expect([first.status, first.headers.get('retry-after-ms'), first.headers.get('x-request-id')]).toEqual([
    429,
    '1',
    'req_1',
  ])
  expect([second.status, second.headers.get('x-request-id')]).toEqual([200, 'req_2'])
  expect(wire.requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['POST', '/v1/chat/completions', '{"a":1}'],
    ['GET', '/v1/chat/completions?b=2', ''],
  ])
})

test('a request that the script does not foresee is refused with a message that says so', async () => {
  await using wire = await wireServer([])
  const answer = await fetch(`${wire.url}/models`)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({
    error: { message: 'wire server: the script has no step for request 1, GET /v1/models' },
  })
})

test('a single step answers every request, and may look at it', async () => {
  await using wire = await wireServer(({ path }) => ({ json: path }))
  expect(await (await fetch(`${wire.url}/a`)).json()).toBe('/v1/a')
  expect(await (await fetch(`${wire.url}/b`)).json()).toBe('/v1/b')
})

test('a body waits at PAUSE until it may continue', async () => {
  await using wire = await wireServer({ pieces: [sse({ id: 1 }), PAUSE, DONE] })
  const reader = (await fetch(wire.url)).body?.getReader()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: {"id":1}\n\n')
  wire.continue()
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('data: [DONE]\n\n')
})

test('a client that leaves before the end is told from one that stays', async () => {
  await using wire = await wireServer([chatStream(['Hi'], { after: 'stall' }), chatCompletion()])
  const controller = new AbortController()
  await fetch(wire.url, { signal: controller.signal })
  expect(wire.requests[0]?.ending).toBe('open')
  controller.abort()
  expect(await (await wire.arrived(1)).closed).toBe('early')
  await (await fetch(wire.url)).text()
  expect(await (await wire.arrived(2)).closed).toBe('finished')
})

test('a reset reaches the client as one', async () => {
  await using wire = await wireServer({ silent: true, after: 'reset' })
  const socket = connect(wire.port, '127.0.0.1')
  socket.write('GET / HTTP/1.1\r\nhost: wire\r\n\r\n')
  const [error] = await once(socket, 'error')
  expect((error as NodeJS.ErrnoException).code).toBe('ECONNRESET')
})

test('a client in another process can steer the server, without being remembered', async () => {
  await using wire = await wireServer({ pieces: ['a', PAUSE, 'b'] })
  const origin = new URL(wire.url).origin
  const answer = await fetch(wire.url)
  expect(await (await fetch(`${origin}/-/arrived/1`)).text()).toBe('arrived')
  await fetch(`${origin}/-/continue`)
  expect(await answer.text()).toBe('ab')
  expect(await (await fetch(`${origin}/-/closed/1`)).text()).toBe('finished')
  expect(wire.requests.length).toBe(1)
})
