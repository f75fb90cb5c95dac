import {
  type Faker,
  fakerDE,
  fakerEN_GB,
  fakerEN_US,
  fakerES,
  fakerFR,
  fakerIT,
  fakerJA,
  fakerKO,
  fakerPT_BR,
  fakerRU,
  fakerZH_CN,
} from '@faker-js/faker'
import { describe, expect, test } from 'vitest'
import { createScrubber } from '../src/index.ts'

const { scrub } = createScrubber({ timeBudgetMs: Infinity })
const VALUES = 150

const LOCALES: Readonly<Record<string, readonly [faker: Faker, phone: string]>> = {
  'English (US)': [fakerEN_US, 'phone'],
  'English (GB)': [fakerEN_GB, 'my mobile is'],
  German: [fakerDE, 'Telefon:'],
  Chinese: [fakerZH_CN, '电话'],
  French: [fakerFR, 'Téléphone :'],
  Spanish: [fakerES, 'teléfono'],
  Italian: [fakerIT, 'cellulare'],
  Portuguese: [fakerPT_BR, 'Telefone:'],
  Russian: [fakerRU, 'телефон'],
  Japanese: [fakerJA, '電話番号'],
  Korean: [fakerKO, '전화'],
}

/** The part of generated values of which nothing is left in a sentence. */
function recall(make: () => string, sentence: (value: string) => string): number {
  const values = Array.from({ length: VALUES }, make)
  return (
    values.filter((value) => !scrub(sentence(value)).includes(value.slice(0, Math.ceil(value.length * 0.6)))).length /
    VALUES
  )
}

describe.each(Object.entries(LOCALES))('generated in %s', (_, [faker, phone]) => {
  test('addresses of e-mail are found', () => {
    faker.seed(7)
    expect(
      recall(
        () => faker.internet.email(),
        (value) => `→ ${value}, ok`,
      ),
    ).toBe(1)
  })

  test.each(['human', 'national', 'international'] as const)(
    '%s phone numbers are found behind a key word',
    (style) => {
      faker.seed(7)
      expect(
        recall(
          () => faker.phone.number({ style }),
          (value) => `${phone} ${value}, ok`,
        ),
      ).toBeGreaterThanOrEqual(0.97)
    },
  )
})

test.each<[name: string, make: () => string, sentence: (value: string) => string]>([
  ['visa', () => fakerEN_US.finance.creditCardNumber({ issuer: 'visa' }), (value) => `charge ${value} now`],
  ['mastercard', () => fakerEN_US.finance.creditCardNumber({ issuer: 'mastercard' }), (value) => `charge ${value} now`],
  ['amex', () => fakerEN_US.finance.creditCardNumber({ issuer: 'american_express' }), (value) => `charge ${value} now`],
  ['IBANs', () => fakerEN_US.finance.iban(), (value) => `to ${value}.`],
  ['IBANs in groups', () => fakerEN_US.finance.iban({ formatted: true }), (value) => `to ${value} please`],
  ['IPv6 addresses', () => fakerEN_US.internet.ipv6(), (value) => `saw ${value} again`],
  ['MAC addresses', () => fakerEN_US.internet.mac(), (value) => `saw ${value} again`],
  ['JWTs', () => fakerEN_US.internet.jwt(), (value) => `saw ${value} again`],
  ['passwords', () => fakerEN_US.internet.password(), (value) => `password: ${value}`],
  ['tokens', () => fakerEN_US.string.alphanumeric(32), (value) => `token=${value}`],
  ['SSNs', () => fakerEN_US.helpers.fromRegExp('[1-5][1-9]{2}-[1-9]{2}-[1-9]{4}'), (value) => `saw ${value} again`],
])('generated %s are found', (_, make, sentence) => {
  fakerEN_US.seed(7)
  expect(recall(make, sentence)).toBeGreaterThanOrEqual(0.97)
})
