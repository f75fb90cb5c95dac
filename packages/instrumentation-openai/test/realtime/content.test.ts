import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { PlainWebSocket } from '../support/plain-web-socket.ts'
import { responseCreated, responseDone, sessionCreated } from '../support/socket-events.ts'
import { type SocketEvent, socketServer } from '../support/socket-server.ts'
import { REALTIME_CLASSES, RESPONSES_CLASSES } from '../support/sockets.ts'
import { response } from '../support/wire-answers.ts'

beforeAll(() => void vi.stubGlobal('WebSocket', PlainWebSocket))
afterAll(() => void vi.unstubAllGlobals())

const text = (role: string, content: string): object => ({ role, parts: [{ type: 'text', content }] })

describe.each(REALTIME_CLASSES)('with $name', ({ open }) => {
  test('a response has what its request said and the transcript of its answer, without the sound', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    const spoken = { type: 'output_audio', audio: 'AAAA', transcript: 'Mail anna@mail.example' }
    const call = { type: 'function_call', call_id: 'call_1', name: 'look_up', arguments: '{"who":"Anna"}' }
    const output = [{ id: 'item_1', type: 'message', role: 'assistant', content: [spoken] }, call]
    await using wire = await socketServer(async (session) => {
      session.send(sessionCreated())
      await session.next('response.create')
      session.send(responseCreated(), responseDone({ output }))
    })
    const socket = open(wire)
    socket.on('error', () => {})
    await socket.emitted('session.created')
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }]
    const asked = { instructions: 'Be brief.', input, tools: [{ type: 'function', name: 'look_up' }] }
    socket.send({ type: 'response.create', response: asked } as never)
    input[0] = { type: 'message', role: 'user', content: [] }
    await watched.facts(1)
    const [{ parts: [, sound], ...message } = { parts: [] }] = watched.calls[0]?.content?.outputMessages ?? []
    expect(message).toEqual({ role: 'assistant', finish_reason: 'tool_call' })
    expect(sound).toEqual({ type: 'text', content: 'Mail [EMAIL]' })
    expect(watched.calls[0]?.content).toMatchObject({
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
      inputMessages: [text('user', 'Hi')],
      outputMessages: [
        {
          parts: [
            { type: 'generic', generic_type: 'audio', bytes: 3 },
            { type: 'text' },
            { type: 'tool_call', id: 'call_1', name: 'look_up', arguments: { who: 'Anna' } },
          ],
        },
      ],
      toolDefinitions: [{ type: 'function', name: 'look_up' }],
    })
  })

  test('a turn of the speaker’s has what was written down of it', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    const event = 'conversation.item.input_audio_transcription.completed'
    await using wire = await socketServer((session) =>
      session.send(
        sessionCreated({ audio: { input: { transcription: { model: 'gpt-4o-mini-transcribe' } } } }),
        { type: 'input_audio_buffer.committed', item_id: 'item_1' },
        { type: event, item_id: 'item_1', transcript: 'Hello', usage: { type: 'duration', seconds: 1 } },
      ),
    )
    open(wire).on('error', () => {})
    await watched.facts(1)
    expect(watched.calls[0]?.content).toEqual({
      outputMessages: [{ ...text('assistant', 'Hello'), finish_reason: 'stop' }],
    })
  })
})

describe.each(RESPONSES_CLASSES)('with $name', ({ open }) => {
  test('a response has what was sent and answered, as over HTTP', async () => {
    using watched = watchCalls({ capture: 'SPAN_ONLY' })
    await using wire = await socketServer(async (session) => {
      await session.next('response.create')
      session.send({ type: 'response.completed', response: response().json as SocketEvent })
    })
    const socket = open(wire)
    socket.on('error', () => {})
    socket.send({ type: 'response.create', model: 'gpt-4o-mini', input: 'Hi', instructions: 'Be brief.' })
    await watched.facts(1)
    expect(watched.calls[0]?.content).toEqual({
      systemInstructions: [{ type: 'text', content: 'Be brief.' }],
      inputMessages: [text('user', 'Hi')],
      outputMessages: [{ ...text('assistant', 'Hello, world'), finish_reason: 'stop' }],
    })
  })
})
