import { expect, test } from 'vitest'
import { readOptions, UsageError } from '../src/options.ts'

test('without arguments the mock answers and nothing is left running', () => {
  expect(readOptions([], {})).toEqual({ help: false, keep: false, real: false })
})

test('the separator that pnpm passes on is no argument', () => {
  expect(readOptions(['--', '--keep'], {})).toMatchObject({ keep: true })
})

test('an unknown option is refused by name', () => {
  expect(() => readOptions(['--kepp'], {})).toThrow(/--kepp/)
  expect(() => readOptions(['--kepp'], {})).toThrow(UsageError)
})

test('the real service needs a key, and the message says which', () => {
  expect(() => readOptions(['--real'], {})).toThrow(/OPENAI_API_KEY/)
  expect(readOptions(['--real'], { OPENAI_API_KEY: 'sk-test' })).toMatchObject({ real: true })
})
