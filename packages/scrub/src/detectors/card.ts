import { passesLuhn } from '../checks/checksums.ts'
import { inFront } from '../checks/context.ts'
import type { Detector } from '../scan.ts'

/** In one run; in fours (`4111 1111 1111 1111`, with three more at most); as American Express and Diners Club have it (4-6-5, 4-6-4); in eights. */
const NUMBER =
  /(?<![\w.-]|[\d][ ])(?:\d{13,19}|\d{4}([ .-]{1,2})\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ .-])\d{6}\2\d{4,5}|\d{8}[ -]\d{8})(?![\w]|[.,-]\d)/g

/**
 * First digits (ISO/IEC 7812) and lengths that issuers are known to use; complete lists are not public. Luhn's sum alone is right for one number in ten, `20260815123456`
 * among them.
 */
const ISSUERS: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:6011|64[4-9]|65)/, [16]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:30[0-5]|309|36|38|39)/, [14]],
  [/^(?:30|36|38|39)/, [16]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^220[0-4]/, [16]],
  [/^(?:60|81|82|508|353|356)/, [16]],
  [/^9792/, [16]],
]

/** Lengths that the issuers use rarely, and ids of other kinds often. */
const RARE: readonly (readonly [prefix: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [19]],
  [/^(?:50|5[6-9]|6)/, [12, 13, 14, 15, 16, 17, 18, 19]],
]
const CARD_WORD =
  /card|visa|maestro|credit|debit|karte|carte|tarjeta|cartão|carta|卡号|卡號|银行卡|信用卡|カード|카드|карт/u

/** Numbers of payment cards: an issuer's first digits and length, and a sum of Luhn that is right. */
export const card: Detector = {
  class: 'card',
  find: ({ text, lower }, report) => {
    for (const match of text.matchAll(NUMBER)) {
      const digits = match[0].replace(/\D/g, '')
      if (!passesLuhn(digits) || new Set(digits).size < 2) continue
      const isCard = isOf(ISSUERS, digits) || (isOf(RARE, digits) && CARD_WORD.test(inFront(lower, match.index)))
      if (isCard) report(match.index, match.index + match[0].length)
    }
  },
}

function isOf(issuers: typeof ISSUERS, digits: string): boolean {
  return issuers.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits))
}
