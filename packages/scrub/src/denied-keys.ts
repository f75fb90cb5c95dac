import { DENIED_KEY, type Finding } from './finding.ts'
import type { OriginalDetector } from './scan.ts'

/**
 * Keys of JSON whose values `scrubJson` replaces unread. Not `token`, which is a piece of text in the answers of models (`logprobs`), and not `key`.
 */
export const DENIED_KEYS: readonly string[] = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'client_secret',
  'api_key',
  'x-api-key',
  'access_key',
  'secret_key',
  'secret_access_key',
  'private_key',
  'authorization',
  'proxy-authorization',
  'access_token',
  'refresh_token',
  'id_token',
  'auth_token',
  'bearer_token',
  'session_token',
  'cookie',
  'set-cookie',
  'ssn',
  'social_security_number',
  'card_number',
  'credit_card_number',
  'cvv',
  'cvc',
  'passport_number',
  'date_of_birth',
  'birth_date',
  'dob',
  '密码',
  '身份证号',
]

/** Whether a key is one of those, however its words are joined: `apiKey`, `API_KEY`, `api-key`. */
export function deniedKeys(keys: readonly string[]): (key: string) => boolean {
  const denied = new Set(keys.map(comparable))
  return (key) => key.length <= 64 && denied.has(comparable(key))
}

function comparable(key: string): string {
  return key.replace(/[-_\s]/g, '').toLowerCase()
}

/** A key of JSON and its colon. Within a text that is itself in JSON, quotes have backslashes in front: as many at the end as at the beginning. */
const KEY = /(\\{0,16})"([^"\\\n]{1,64})\1"\s{0,16}:\s{0,16}/g

/** Finds what stands under such keys where a text holds JSON, whole or cut off. */
export function deniedKeyDetector(isDenied: (key: string) => boolean): OriginalDetector {
  return {
    find: (text) => {
      const found: Finding[] = []
      KEY.lastIndex = 0
      for (let match = KEY.exec(text); match; match = KEY.exec(text)) {
        if (!isDenied(match[2] ?? '')) continue
        const place = valueAt(text, KEY.lastIndex, match[1]?.length ?? 0)
        if (!place) continue
        found.push({ class: DENIED_KEY, ...place })
        KEY.lastIndex = place.end
      }
      return found
    },
  }
}

/** The value of JSON that begins at `start`; without the quotes of a string. `true`, `false` and `null` tell nothing. */
function valueAt(
  text: string,
  start: number,
  depth: number,
): { readonly start: number; readonly end: number } | undefined {
  const quote = `${'\\'.repeat(depth)}"`
  if (text.startsWith(quote, start)) {
    const first = start + quote.length
    const end = endOfString(text, first, depth)
    return end > first ? { start: first, end } : undefined
  }
  if (text[start] === '{' || text[start] === '[') return { start, end: endOfBrackets(text, start, depth) }
  const number = /-?\d[\d.eE+-]{0,64}/y
  number.lastIndex = start
  return number.test(text) ? { start, end: number.lastIndex } : undefined
}

/** The place of the next quote that has no more backslashes in front than the opening one; the end of a text that was cut off. */
function endOfString(text: string, from: number, depth: number): number {
  let backslashes = 0
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') backslashes++
    else if (text[at] === '"' && backslashes <= depth) return at - backslashes
    else backslashes = 0
  }
  return text.length
}

function endOfBrackets(text: string, from: number, depth: number): number {
  let open = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at + 1, depth) + depth
    else if (character === '{' || character === '[') open++
    else if ((character === '}' || character === ']') && --open === 0) return at + 1
  }
  return text.length
}
