import * as libphonenumber from 'libphonenumber-js'
import { expect, test } from 'vitest'
import { createScrubber, phonesBy } from './index.ts'

test('libphonenumber-js finds the national forms of one more country', () => {
  const text = 'Ligue 11 2345 6789 e 21 98765 4321, obrigado'
  const brazil = createScrubber({ finders: [phonesBy(libphonenumber, 'BR')] })
  expect(brazil.scrub(`Anote ${text}`)).toBe('Anote Ligue [PHONE] e [PHONE], obrigado')
  expect(createScrubber({ finders: [phonesBy(libphonenumber)] }).scrub('Anote 2 2345 6789')).toBe('Anote 2 2345 6789')
})
