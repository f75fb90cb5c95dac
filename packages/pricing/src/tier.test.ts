import { describe, expect, test } from 'vitest'
import { chargedTier } from './tier.ts'

describe('the tier that a call is charged at', () => {
  test.each([undefined, '', 'auto', 'default', 'standard', 'on_demand'])('is standard when %s served', (served) => {
    expect(chargedTier(served, undefined)).toBe('standard')
  })

  test.each(['flex', 'priority', 'fast', 'ultrafast', 'batch', 'scale', 'anything'])(
    'is %s when that served',
    (tier) => {
      expect(chargedTier(tier, undefined)).toBe(tier)
    },
  )

  test('is the one that served, not the one that was asked for', () => {
    expect(chargedTier('default', 'priority')).toBe('standard')
    expect(chargedTier('priority', 'auto')).toBe('priority')
  })

  test('is unknown when another was asked for and the response is silent', () => {
    expect(chargedTier(undefined, 'flex')).toBeUndefined()
    expect(chargedTier('auto', 'priority')).toBeUndefined()
  })
})
