import type { Detector } from '../scan.ts'

/** JSON Web Tokens: header, payload and signature (RFC 7515), which may have been cut off, or the five parts of an encrypted one (RFC 7516). */
const TOKEN = /eyJ[\w-]{10,8192}\.[\w-]{10,16384}(?:\.[\w-]{0,8192}){0,3}/y

/** `eyJ` is `{"` in base64: every header begins so. */
const BEGINNING = 'eyJ'

export const jwt: Detector = {
  class: 'jwt',
  find: ({ text }, report) => {
    let at = text.indexOf(BEGINNING)
    while (at >= 0) {
      TOKEN.lastIndex = at
      const isToken = !/[\w-]/.test(text[at - 1] ?? '') && TOKEN.test(text)
      if (isToken) report(at, TOKEN.lastIndex)
      at = text.indexOf(BEGINNING, isToken ? TOKEN.lastIndex : at + BEGINNING.length)
    }
  },
}
