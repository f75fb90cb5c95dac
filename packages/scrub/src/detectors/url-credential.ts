import { looksLikePlaceholder } from '../checks/placeholder.ts'
import type { Detector, Report } from '../scan.ts'

/** `user:password` of a URL of any scheme. A password may hold an `@`: the last one in front of the host counts. */
const USER_INFO = /[^\s/?#@:"'<>`\\]{0,128}:[^\s/?#"'<>`\\]{1,256}@(?=[\w[\p{L}$%{])/uy

/** A token in place of the user: `https://0123456789abcdef@example.com`. */
const TOKEN_AS_USER = /(?=[^\s@]{0,64}\d)[\w~.-]{20,256}@(?=[\w[])/y

/**
 * Parameters that sign or authorise. Azure: `sig` (SAS). AWS: Signature Version 4 in a query. Google Cloud: V4 signed URLs. OAuth 2: RFC 6749, RFC 7662.
 */
const PARAMETER =
  /[?&#](?:x-(?:amz|goog|oss|ms|cos|tos|bz)-(?:signature|credential|security-token|algorithm-signature)|sig|signature|sign|q-signature|q-ak|access_?key(?:_?id)?|(?:access|refresh|id|auth|session|csrf|xsrf|reset|invite|verification|bearer|api|private|personal|security)[_-]?token|token|api[_-]?key|subscription-key|app_?(?:key|secret)|client_?secret|secret(?:_?key)?|auth(?:key|orization)?|pass(?:wd|word|wort|phrase)?|pwd|hmac|otp|session_?id|sessid|jsessionid|phpsessid|ossaccesskeyid|googleaccessid|key|code|sid|ticket|jwt)=([^\s&#?"'<>`\\;,)\]}]{1,16384})/giy

/** Those parameters whose names are words of everyday, and whose values are secrets only if they look random. */
const EVERYDAY = /^[?&#](?:key|code|sid|ticket|sign|signature|auth|token|otp|session_?id|secret|pass)=/i

/** Credentials and signatures in URLs. The host, the path and the names of the parameters stay. */
export const urlCredential: Detector = {
  class: 'url_credential',
  find: ({ text }, report) => {
    for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) userInfo(text, at + 3, report)
    for (let at = text.indexOf('='); at >= 0; at = text.indexOf('=', at + 1)) parameter(text, at, report)
  },
}

function userInfo(text: string, start: number, report: Report): void {
  for (const pattern of [USER_INFO, TOKEN_AS_USER]) {
    pattern.lastIndex = start
    if (!pattern.test(text)) continue
    const end = pattern.lastIndex - 1
    const written = text.slice(start, end)
    if (looksLikePlaceholder(written) || written.split(':').every(looksLikePlaceholder)) return
    return report(start, end)
  }
}

/** Longest name of such a parameter, with the character in front. */
const MOST_NAME = 28

function parameter(text: string, equals: number, report: Report): void {
  let start = equals - 1
  const least = Math.max(0, equals - MOST_NAME)
  while (start > least && /[\w-]/.test(text[start] ?? '')) start--
  PARAMETER.lastIndex = start
  const match = PARAMETER.exec(text)
  const value = match?.[1]
  if (!match || value === undefined || looksLikePlaceholder(value)) return
  if (EVERYDAY.test(match[0]) && !looksRandom(value)) return
  const end = match.index + match[0].length
  report(end - value.length, end)
}

function looksRandom(value: string): boolean {
  const isMixed = /\d/.test(value)
    ? /[a-z]/i.test(value)
    : value.length >= 16 && /[a-z]/.test(value) && /[A-Z]/.test(value)
  return value.length >= 8 && isMixed
}
