import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { BoundedValues } from './bounded-values.ts'

test('the first values pass, the rest are `other`, and the first ones still pass after that', () => {
  const models = new BoundedValues(2)
  expect(['a', 'b', 'c', 'a', 'd', 'b'].map((model) => models.admit(model))).toEqual([
    'a',
    'b',
    'other',
    'a',
    'other',
    'b',
  ])
})

test('a label never takes more values than its limit and `other`', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.array(fc.string()), (limit, values) => {
      const bounded = new BoundedValues(limit)
      const admitted = new Set(values.map((value) => bounded.admit(value)))
      admitted.delete('other')
      expect(admitted.size).toBeLessThanOrEqual(limit)
    }),
  )
})
