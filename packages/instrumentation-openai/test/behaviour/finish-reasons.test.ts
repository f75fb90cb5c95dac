import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM, RESPONSE } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll } from '../support/streams.ts'
import { chatChoice, chatCompletion, DONE, response, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const CHAT_REASONS: readonly (readonly [sentence: string, choices: unknown, reasons: string[] | undefined])[] = [
  [
    'there is one for each choice, in order',
    [chatChoice({}, 'length', 0), chatChoice({}, 'stop', 1)],
    ['length', 'stop'],
  ],
  ['tool calls are as the provider says', [chatChoice({}, 'tool_calls')], ['tool_calls']],
  ['a filter is as the provider says', [chatChoice({}, 'content_filter')], ['content_filter']],
  ['a choice that gives no reason ended in error', [{ ...chatChoice({}), finish_reason: null }], ['error']],
  ['no choices, no reasons', [], undefined],
]

const RESPONSE_REASONS: readonly (readonly [
  sentence: string,
  body: Record<string, unknown>,
  reasons: string[] | undefined,
])[] = [
  ['a completed response stopped', {}, ['stop']],
  ['a function call is a tool call', { output: [{ type: 'function_call', name: 'f' }] }, ['tool_calls']],
  ['a custom tool call is a tool call', { output: [{ type: 'custom_tool_call', name: 'f' }] }, ['tool_calls']],
  [
    'a response at its limit has the reason length',
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    ['length'],
  ],
  [
    'another reason is as the provider says',
    { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
    ['content_filter'],
  ],
  ['a cancelled response ended in error', { status: 'cancelled' }, ['error']],
  ['a response that still runs has none', { status: 'in_progress', usage: null }, undefined],
]

function delta(index: number, reason: string | null): string {
  return sse({ id: 'chatcmpl-1', choices: [{ index, delta: { content: 'x' }, finish_reason: reason }] })
}

describe.each(MAJORS)('among the finish reasons with openai $major', ({ connect }) => {
  test.each(CHAT_REASONS)('of a chat completion, %s', async (_, choices, reasons) => {
    await using wire = await wireServer(chatCompletion({ choices }))
    using watched = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
    const { outcome, response: known } = await watched.only()
    expect(known?.finishReasons).toStrictEqual(reasons)
    expect(outcome).toStrictEqual({ kind: 'success' })
  })

  test.each(RESPONSE_REASONS)('of a Responses call, %s', async (_, body, reasons) => {
    await using wire = await wireServer(response(body))
    using watched = watchCalls()
    await connect(wire).responses.create(RESPONSE)
    const { outcome, response: known } = await watched.only()
    expect(known?.finishReasons).toStrictEqual(reasons)
    expect(outcome).toStrictEqual({ kind: 'success' })
  })

  test('of a stream, interleaved choices keep theirs apart', async () => {
    const pieces = [delta(1, null), delta(0, null), delta(1, 'length'), delta(2, null), delta(0, 'stop'), DONE]
    await using wire = await wireServer({ pieces })
    using watched = watchCalls()
    await readAll(await connect(wire).chat.completions.create({ ...CHAT_STREAM, n: 3 }))
    expect((await watched.only()).response?.finishReasons).toStrictEqual(['stop', 'length', 'error'])
  })
})
