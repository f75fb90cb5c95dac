import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventStream } from './event-stream.ts'

function read(pieces: readonly (Uint8Array | string)[]): string[] {
  const found: string[] = []
  const stream = new EventStream((data) => found.push(data))
  for (const piece of pieces) stream.push(piece)
  stream.end()
  return found
}

test.each([
  ['data: one\n\ndata: two\n\n', ['one', 'two']],
  ['data: one\r\n\r\ndata:two\r\r', ['one', 'two']],
  ['event: x\nid: 7\nretry: 10\n: a comment\ndata: one\ndata: two\n\n', ['one\ntwo']],
  ['event: empty\n\ndata: {"half":', []],
  ['\uFEFFdata: after a byte order mark\n\n', ['after a byte order mark']],
])('the data of %j is %j', (text, data) => {
  expect(read([Buffer.from(text)])).toEqual(data)
})

test('where a body is cut, even within a character or a line end, makes no difference', () => {
  const line = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\r\n\uFEFF]/g, '·'))
  const event = fc.record({ lines: fc.array(line, { minLength: 1, maxLength: 3 }), end: fc.constantFrom('\n', '\r\n') })
  fc.assert(
    fc.property(fc.array(event), fc.array(fc.nat(40)), (events, cuts) => {
      const text = events.map(({ lines, end }) => lines.map((data) => `data: ${data}${end}`).join('') + end).join('')
      const bytes = Buffer.from(text)
      const pieces: Uint8Array[] = []
      let start = 0
      for (const cut of cuts) {
        pieces.push(bytes.subarray(start, start + cut))
        start += cut
      }
      pieces.push(bytes.subarray(start))
      const whole = events.map(({ lines }) => Buffer.from(lines.join('\n')).toString())
      expect(read(pieces)).toEqual(whole)
    }),
  )
})

test('an event without end is not kept', () => {
  const found: string[] = []
  const stream = new EventStream((data) => found.push(data))
  const mega = 'x'.repeat(1024 * 1024)
  stream.push('data: ')
  for (let count = 0; count < 5; count++) stream.push(mega)
  stream.push('\n\ndata: later\n\n')
  expect(found).toEqual([])
})
