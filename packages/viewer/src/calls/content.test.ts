import { ATTRIBUTE } from '@tokenmeter/meter'
import { expect, test } from 'vitest'
import { contentOf } from './content.ts'

const searched = (messages: unknown): string =>
  contentOf({
    [ATTRIBUTE.genAiInputMessages]: typeof messages === 'string' ? messages : JSON.stringify(messages),
  })

test('texts are searched as they were said, and not as JSON writes them', () => {
  const parts = [
    { type: 'text', content: 'He said "no"\nand left.' },
    { type: 'text', content: 'Why?' },
  ]
  expect(searched([{ role: 'user', parts }])).toBe('He said "no"\nand left.\nWhy?\n')
})

test('calls of tools are searched with their names and arguments', () => {
  const call = { type: 'tool_call', id: 'c1', name: 'find_order', arguments: { number: 4711 } }
  expect(searched([{ role: 'assistant', parts: [call] }])).toBe(`${JSON.stringify(call)}\n`)
})

test('messages are understood as APIs have them, too', () => {
  const parts = [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'https://a.test' } },
  ]
  expect(
    searched([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: parts },
    ]),
  ).toBe('Be brief.\nWhat is this?\n{"type":"image_url","image_url":{"url":"https://a.test"}}\n')
})

test.each([['plain text'], ['[{"role":"user","parts":[{"type":"text","content":"cut o'], ['[1]'], ['[{}]x']])(
  'what is no list of messages is searched as it is: %s',
  (text) => {
    expect(searched(text)).toBe(`${text}\n`)
  },
)
