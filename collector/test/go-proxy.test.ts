import { expect, test } from 'vitest'
import { withoutDirect } from '../servers/go.ts'

test.each([
  ['https://proxy.test,direct', 'https://proxy.test'],
  ['https://one.test|https://two.test|direct', 'https://one.test|https://two.test'],
  ['direct,https://proxy.test', 'https://proxy.test'],
  ['https://proxy.test', 'https://proxy.test'],
  ['https://direct.test,direct', 'https://direct.test'],
  ['off', 'off'],
])('the proxy list %s is used as %s', (configured, used) => {
  expect(withoutDirect(configured)).toBe(used)
})

test('a list of nothing but direct stays what it is', () => {
  expect(withoutDirect('direct')).toBe('direct')
})
