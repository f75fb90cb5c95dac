import type { AttributeValue } from '@opentelemetry/api'
import { assert, test } from 'vitest'
import * as fc from 'fast-check'
import { AttributeSheet } from './attribute-sheet.ts'
import { AttributeObject } from '../attribute-target.ts'

const name = fc.oneof(
  fc.constantFrom('gen_ai.operation.name', 'ai.cost', 'error.type', 'user.id'),
  fc.string().filter((text) => text !== '__proto__'),
)
const value = fc.oneof(
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string()),
) as fc.Arbitrary<AttributeValue>
const ofCall = fc.array(fc.tuple(name, value), { maxLength: 60 })

test('whatever is set, in whichever order and how often, the object is what setting one by one makes', () => {
  fc.assert(
    fc.property(fc.array(ofCall), (calls) => {
      const sheet = new AttributeSheet()
      for (const attributes of calls) {
        const one = new AttributeObject({})
        for (const target of [sheet, one]) for (const [key, told] of attributes) target.setAttribute(key, told)
        const made = sheet.finish()
        assert.deepStrictEqual(made, one.attributes)
        assert.deepStrictEqual(Object.keys(made), Object.keys(one.attributes))
      }
    }),
  )
})

test('calls of more shapes than are remembered are told as well', () => {
  const sheet = new AttributeSheet()
  for (let call = 0; call < 6000; call++) {
    sheet.setAttribute(`name ${call}`, call)
    sheet.setAttribute('ai.status', 'success')
    assert.deepStrictEqual(sheet.finish(), { [`name ${call}`]: call, 'ai.status': 'success' })
  }
})

test('what was set before a start is forgotten, and no object has what another one had', () => {
  const sheet = new AttributeSheet()
  sheet.setAttribute('a', 1)
  const first = sheet.finish()
  sheet.setAttribute('error.type', 'half of a call that failed')
  sheet.start()
  sheet.setAttribute('a', 2)
  assert.deepStrictEqual([first, sheet.finish(), sheet.finish()], [{ a: 1 }, { a: 2 }, {}])
})
