import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drain } from '../../test/support/drain.ts'
import { Cleaning } from './cleaning.ts'
import type { Message, RawContent } from './content.ts'
import { Media } from './media.ts'
import type { ContentOptions, ContentScrubber } from './options.ts'

const MASK: ContentScrubber = { scrub: (text) => text.replaceAll('hunter2', '***') }
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
const user = (content: string): Message => ({ role: 'user', parts: [{ type: 'text', content }] })
const clean = (raw: RawContent, options: Partial<ContentOptions> = {}): ReturnType<typeof drain> =>
  drain(new Cleaning({ scrubber: MASK, ...options }).clean(raw))

const anyMessage: fc.Arbitrary<Message> = fc.record({
  role: fc.oneof(fc.constantFrom('system', 'user', 'assistant', 'tool'), fc.string({ unit: 'binary', maxLength: 300 })),
  name: fc.string({ unit: 'binary', maxLength: 300 }),
  finish_reason: fc.string({ maxLength: 300 }),
  parts: fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('text'), content: fc.string({ unit: 'grapheme', maxLength: 3000 }) }),
      fc.record({ type: fc.constant('text'), content: fc.string({ unit: 'binary', maxLength: 3000 }) }),
      fc.record({ type: fc.constant('tool_call'), name: fc.string(), arguments: fc.jsonValue({ maxDepth: 6 }) }),
      fc.constant(new Media('image', 'image/png', 'aGVsbG8=')),
    ),
    { maxLength: 5 },
  ),
})

describe('whatever is captured', () => {
  const caps = fc.record({ message: fc.integer({ min: 1024, max: 6000 }), call: fc.integer({ min: 1024, max: 9000 }) })

  test('takes at most the bytes of its caps, in every message and together, and is as JSON what it is', async () => {
    const raw = fc.record({
      systemInstructions: fc.array(fc.record({ type: fc.constant('text'), content: fc.string({ maxLength: 2000 }) })),
      inputMessages: fc.array(anyMessage, { maxLength: 12 }),
      outputMessages: fc.array(anyMessage, { maxLength: 3 }),
      toolDefinitions: fc.array(fc.record({ type: fc.constant('function'), name: fc.string({ maxLength: 600 }) })),
    })
    await fc.assert(
      fc.asyncProperty(raw, caps, async (content, { message, call }) => {
        const result = (await clean(content, { maxMessageBytes: message, maxCallBytes: call })) as RawContent
        expect(bytesOf(result)).toBeLessThanOrEqual(call)
        for (const one of [...(result.inputMessages ?? []), ...(result.outputMessages ?? [])]) {
          expect(bytesOf(one)).toBeLessThanOrEqual(message)
        }
        expect(JSON.parse(JSON.stringify(result))).toEqual(result)
      }),
      { numRuns: 300 },
    )
  })

  test('has the mark, and says so, where a text was cut; no character is cut in two', async () => {
    const result = await clean({ inputMessages: [user('😀'.repeat(1000))] }, { maxMessageBytes: 1024 })
    const [message] = (result as { inputMessages: Message[] }).inputMessages
    expect(message?.parts[0]?.['content']).toMatch(/^(😀){200,}…\[truncated\]$/u)
    expect(result).toHaveProperty('isTruncated', true)
  })
})

test('instructions and the newest messages are kept, and one message stands for all that are not', async () => {
  const system: Message = { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] }
  const inputMessages = [user('a'.repeat(900)), system, user('b'.repeat(900)), user('c'.repeat(900))]
  const outputMessages: Message[] = [{ role: 'assistant', parts: [{ type: 'text', content: 'd' }] }]
  expect(await clean({ inputMessages, outputMessages }, { maxCallBytes: 1700 })).toEqual({
    inputMessages: [
      { role: 'omitted', parts: [{ type: 'generic', generic_type: 'omitted', messages: 2 }] },
      system,
      user('c'.repeat(900)),
    ],
    outputMessages,
    isTruncated: true,
  })
})

test('a key that is long is not recorded in part', async () => {
  const parts = [{ type: 'tool_call', name: 'f', arguments: { [`${'k'.repeat(60)}hunter2`]: 1, ['__proto__']: 2 } }]
  const result = await clean({ inputMessages: [{ role: 'assistant', parts }] })
  expect(JSON.stringify(result)).toContain('{"[67 characters]":1,"__proto__":2}')
})

test('a secret that a cut would part is not recorded in part', async () => {
  for (let before = 880; before < 1010; before++) {
    const text = `${'x'.repeat(before)}hunter2${'y'.repeat(10_000)}`
    const result = await clean({ inputMessages: [user(text)] }, { maxMessageBytes: 1024 })
    expect(JSON.stringify(result)).not.toContain('xh')
  }
})

describe('a scrubber', () => {
  const raw = { inputMessages: [user('hunter2')], outputMessages: [user('hunter2')] }
  const withheld = (why: string): object => ({ inputMessages: [user(why)], outputMessages: [user(why)] })

  test('that throws leaves nothing of what it was given', async () => {
    const scrubber: ContentScrubber = {
      scrub: (text) => {
        if (text.includes('hunter2')) throw new Error(text)
        return text
      },
      scrubJson: (value) => {
        throw new Error(JSON.stringify(value))
      },
    }
    expect(await clean(raw, { scrubber })).toEqual(withheld('[withheld: scrubbing failed]'))
  })

  test('that takes longer than its budget leaves nothing of what it was given, and is not asked for ever', async () => {
    let asked = 0
    const scrubber: ContentScrubber = {
      scrub: (text) => text,
      scrubJson: (value) => {
        asked++
        const end = performance.now() + 3
        while (performance.now() < end);
        return value
      },
    }
    const messages = Array.from({ length: 30 }, () => user('hunter2'))
    const result = await clean({ inputMessages: messages }, { scrubber, scrubBudgetMs: 1 })
    expect(JSON.stringify(result)).not.toContain('hunter2')
    expect(asked).toBeLessThanOrEqual(4)
  })

  test('sees what is under a key with its key, and a recogniser what is left', async () => {
    const scrubber: ContentScrubber = {
      scrub: (text) => text,
      scrubJson: (value) => JSON.parse(JSON.stringify(value, (key, item) => (key === 'password' ? '[SECRET]' : item))),
      recognise: async (text) => text.replaceAll('Anna', '[NAME]'),
    }
    const parts = [{ type: 'tool_call', name: 'log_in', arguments: { password: 'x', who: ['Anna'] } }]
    expect(await clean({ inputMessages: [{ role: 'assistant', parts }] }, { scrubber })).toEqual({
      inputMessages: [
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', name: 'log_in', arguments: { password: '[SECRET]', who: ['[NAME]'] } }],
        },
      ],
    })
  })

  test('whose recogniser fails leaves nothing of what the recogniser was given', async () => {
    const steps = new Cleaning({ scrubber: { ...MASK, recognise: () => Promise.reject(new Error('down')) } }).clean({
      inputMessages: [user('Anna')],
    })
    let answer: unknown
    let result = steps.next()
    while (!result.done) {
      answer = await Promise.resolve(result.value).catch(() => undefined)
      result = steps.next(answer)
    }
    expect(result.value).toEqual({ inputMessages: [user('[withheld: scrubbing failed]')] })
  })
})

const message = (media: Media): RawContent => ({ inputMessages: [{ role: 'user', parts: [media] }] })

describe('media', () => {
  const png = Buffer.from('a picture').toString('base64')

  test('are told by type, length and SHA-256', async () => {
    const digest = {
      type: 'generic',
      generic_type: 'image',
      mime: 'image/png',
      bytes: 9,
    }
    const { createHash } = await import('node:crypto')
    const sha256 = createHash('sha256').update('a picture').digest('hex')
    const expected = { inputMessages: [{ role: 'user', parts: [{ ...digest, sha256 }] }] }
    expect(await clean(message(new Media('image', 'image/png', png)))).toEqual(expected)
    expect(await clean(message(new Media('image', undefined, new Blob(['a picture'], { type: 'image/png' }))))).toEqual(
      expected,
    )
  })

  test('are there as base64 if that is asked for, and the caps leave room', async () => {
    const inline = { captureMedia: 'inline' } as const
    const blob = { type: 'blob', modality: 'image', mime_type: 'image/png', content: png }
    expect(await clean(message(new Media('image', 'image/png', png)), inline)).toEqual({
      inputMessages: [{ role: 'user', parts: [blob] }],
    })
    const large = new Media('image', 'image/png', 'A'.repeat(20_000))
    expect(JSON.stringify(await clean(message(large), inline))).toContain('"bytes":15000')
  })

  test('within a text are named, and nothing of them is left', async () => {
    const result = await clean({ inputMessages: [user(`See ![](data:image/png;base64,${png}) there`)] })
    expect(result).toEqual({ inputMessages: [user('See ![]([image/png, 9 bytes]) there')] })
  })
})

test('definitions of tools are type and name, unless more is asked for', async () => {
  const toolDefinitions = [{ type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } }]
  expect(await clean({ toolDefinitions })).toEqual({ toolDefinitions: [{ type: 'function', name: 'f' }] })
  expect(await clean({ toolDefinitions }, { captureToolSchemas: true })).toEqual({ toolDefinitions })
})
