import type { Detector } from '../scan.ts'

/** RFC 7468 and its forerunners; those of OpenPGP (RFC 9580, section 6.2) say BLOCK, and those of ssh.com have four dashes and a space. */
const HEADER = /-{4,5} ?BEGIN (?:[A-Z\d]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)? ?-{4,5}/g

/** What ends a block. A header in place of a footer is the next block's: this one was cut off. */
const BOUNDARY = /-{4,5} ?(?:(END)|BEGIN) [A-Z\d ]{1,80}-{4,5}/g

/** What blocks are made of: base64, and the headers of encrypted ones. */
const BODY = /^[\w+/=:,.\s-]*/

/** So much of base64 is a key. A header without a footer may be a word about headers: it takes more. */
const WHOLE = /[A-Za-z\d+/]{10}/
const CUT_OFF = /[A-Za-z\d+/]{16}/

/** Blocks of private keys in PEM, whole or cut off. Those with `...` for a body are documentation; public keys and certificates are public. */
export const privateKey: Detector = {
  class: 'private_key',
  find: ({ text }, report) => {
    if (!text.includes('PRIVATE KEY')) return
    for (const header of text.matchAll(HEADER)) {
      const body = header.index + header[0].length
      const end = blockEnd(text, body)
      const isKey = (text[end - 1] === '-' ? WHOLE : CUT_OFF).test(text.slice(body, end))
      if (isKey) report(header.index, end)
    }
  },
}

function blockEnd(text: string, body: number): number {
  BOUNDARY.lastIndex = body
  const boundary = BOUNDARY.exec(text)
  if (boundary?.[1]) return boundary.index + boundary[0].length
  const cutOff = text.slice(body, boundary?.index)
  return body + (BODY.exec(cutOff)?.[0].length ?? 0)
}
