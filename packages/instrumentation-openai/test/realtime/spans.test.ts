import { SpanKind } from '@opentelemetry/api'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { socketServer } from '../support/socket-server.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { REALTIME_CLASSES } from '../support/sockets.ts'
import { spans } from '../support/spans.ts'

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

describe.each(REALTIME_CLASSES)('with $name', ({ open }) => {
  test('a response is a span below the one that was active when it was asked for, a turn below the one of the socket', async () => {
    const { provider, tree } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated(), responseCreated('resp_1'), responseDone({ id: 'resp_1' }))
      await session.next('response.create')
      session.send(responseCreated('resp_2'), responseDone({ id: 'resp_2' }))
    })
    const tracer = provider.getTracer('app')
    const rt = tracer.startActiveSpan('connection', (span) => {
      span.end()
      return open(wire)
    })
    rt.on('error', () => {})
    await rt.emitted('response.done')
    tracer.startActiveSpan('question', (span) => {
      rt.send({ type: 'response.create' })
      span.end()
    })
    await watched.facts(2)
    expect(tree()).toEqual([
      '- > connection',
      'connection > generate_content gpt-realtime',
      '- > question',
      'question > generate_content gpt-realtime',
    ])
  })

  test('the span has the tokens of each modality, and the cached ones', async () => {
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    await using wire = await socketServer((session) =>
      session.send(sessionCreated(), responseCreated(), responseDone()),
    )
    open(wire).on('error', () => {})
    await watched.only()
    const [span] = ended()
    expect([span?.name, span?.kind]).toEqual(['generate_content gpt-realtime', SpanKind.CLIENT])
    expect(span?.attributes).toMatchObject({
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-realtime',
      'gen_ai.response.model': 'gpt-realtime-2025-08-28',
      'gen_ai.response.id': 'resp_1',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.output.type': 'speech',
      'gen_ai.usage.input_tokens': 132,
      'gen_ai.usage.output_tokens': 121,
      'gen_ai.usage.cache_read.input_tokens': 64,
      'gen_ai.usage.text.input_tokens': 119,
      'gen_ai.usage.audio.input_tokens': 13,
      'gen_ai.usage.text.output_tokens': 30,
      'gen_ai.usage.audio.output_tokens': 91,
      'gen_ai.usage.text.cache_read.input_tokens': 60,
      'gen_ai.usage.audio.cache_read.input_tokens': 4,
    })
  })
})
