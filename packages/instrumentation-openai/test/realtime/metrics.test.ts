import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { meters } from '../support/metrics.ts'
import {
  errorEvent,
  rateLimitsUpdated,
  responseCreated,
  responseDone,
  sessionCreated,
} from '../support/socket-events.ts'
import { socketServer } from '../support/socket-server.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { REALTIME_CLASSES } from '../support/sockets.ts'

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

describe.each(REALTIME_CLASSES)('with $name', ({ open }) => {
  test('rate limits and refusals are in the metrics', async () => {
    const { provider, read } = meters()
    using watched = watchCalls({ meterProvider: provider })
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated())
      await session.next('response.create')
      session.send(responseCreated(), rateLimitsUpdated(), responseDone())
      await session.next('response.create')
      session.send(errorEvent({ type: 'tokens', code: 'rate_limit_exceeded' }))
    })
    const rt = open(wire)
    rt.on('error', () => {})
    rt.on('session.created', () => rt.send({ type: 'response.create' }))
    rt.on('response.done', () => rt.send({ type: 'response.create' }))
    await watched.facts(2)
    expect(await read('ai.rate_limit.remaining')).toEqual({
      'requests gpt-realtime': 4999,
      'tokens gpt-realtime': 395_517,
    })
    expect(await read('ai.rate_limit.limit')).toEqual({ 'requests gpt-realtime': 5000, 'tokens gpt-realtime': 400_000 })
    expect(await read('ai.rate_limit.hits')).toEqual({ 'gpt-realtime realtime openai tokens': 1 })
    expect(await read('ai.requests')).toMatchObject({
      'gpt-realtime realtime openai success': 1,
      'gpt-realtime realtime openai rate_limit': 1,
    })
  })
})
