import { expect, test } from 'vitest'
import { layOut } from '../src/table.ts'

test('columns are as wide as their widest cell, and keep to their side', () => {
  const lines = layOut(
    [
      { heading: 'model', align: 'left' },
      { heading: 'in', align: 'right' },
    ],
    [
      ['gpt-5-mini', '7'],
      ['o3', '1,024'],
    ],
  )
  expect(lines).toEqual(['model          in', '──────────  ─────', 'gpt-5-mini      7', 'o3          1,024'])
})

test('colour does not count as width', () => {
  const [, , coloured, plain] = layOut(
    [
      { heading: 'status', align: 'left' },
      { heading: 'n', align: 'right' },
    ],
    [
      ['\x1b[32mok\x1b[39m', '1'],
      ['error', '2'],
    ],
  )
  expect(coloured).toBe('\x1b[32mok\x1b[39m      1')
  expect(plain).toBe('error   2')
})
