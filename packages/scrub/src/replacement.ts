import { type DataClass, type Finding } from './finding.ts'
import type { Replacement } from './options.ts'

/** Makes what stands in place of a value. */
export type Replace = (finding: Finding, value: string) => string

/** Bytes a key must have. RFC 2104, section 3, advises the length of the hash, which is 32; what is shorter than 16 could be guessed. */
const LEAST_KEY_BYTES = 16

/** Classes of which the last four characters are kept by `mask`. */
const KNOWN_BY_THE_LAST_FOUR: ReadonlySet<string> = new Set<DataClass>([
  'card',
  'iban',
  'phone',
  'us_ssn',
  'cn_resident_id',
  'passport',
])

/** Classes whose very length says something. */
const OF_HIDDEN_LENGTH: ReadonlySet<string> = new Set<DataClass>([
  'private_key',
  'jwt',
  'api_key',
  'url_credential',
  'secret',
])

/** Classes that the same value is written in with different separators and cases. */
const COMPARED_BY_CHARACTERS: ReadonlySet<string> = new Set<DataClass>([
  'card',
  'iban',
  'phone',
  'us_ssn',
  'cn_resident_id',
  'passport',
  'mac_address',
])
const COMPARED_WITHOUT_CASE: ReadonlySet<string> = new Set<DataClass>(['email', 'ipv6'])

/**
 * @throws TypeError when there is no such style, when the key is too short, or when the runtime has no `node:crypto`.
 */
export function replaceBy(replacement: Replacement = 'label'): Replace {
  if (replacement === 'label') return ({ class: name }) => labelOf(name)
  if (replacement === 'mask') return mask
  if (replacement?.style === 'pseudonym') return pseudonymBy(replacement.key)
  throw new TypeError(
    `replacement must be 'label', 'mask' or { style: 'pseudonym', key }, got ${JSON.stringify(replacement)}`,
  )
}

export function labelOf(name: string): string {
  return `[${name.toUpperCase()}]`
}

function mask({ class: name }: Finding, value: string): string {
  if (OF_HIDDEN_LENGTH.has(name)) return '********'
  const characters = [...value.matchAll(/[\p{L}\p{N}]/gu)]
  const kept = KNOWN_BY_THE_LAST_FOUR.has(name) && characters.length > 8 ? characters.at(-4)?.index : undefined
  const tail = kept === undefined ? '' : value.slice(kept)
  return value.slice(0, value.length - tail.length).replace(/[\p{L}\p{N}]/gu, '*') + tail
}

function pseudonymBy(key: string | Uint8Array): Replace {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key
  if (!(bytes instanceof Uint8Array) || bytes.length < LEAST_KEY_BYTES) {
    const got = bytes instanceof Uint8Array ? `${bytes.length} bytes` : typeof key
    throw new TypeError(`replacement.key must be a text or bytes, at least ${LEAST_KEY_BYTES} bytes long, got ${got}`)
  }
  const { createHmac } = crypto()
  return ({ class: name }, value) => {
    const digest = createHmac('sha256', bytes)
      .update(`${name}\0${comparable(name, value)}`)
      .digest()
    return `[${name.toUpperCase()}:${inLetters(digest.subarray(0, 8))}]`
  }
}

/** Not an import: the package must load where there is no Node. */
function crypto(): typeof import('node:crypto') {
  const runtime: { readonly process?: { readonly getBuiltinModule?: typeof process.getBuiltinModule } } = globalThis
  const module = runtime.process?.getBuiltinModule?.('node:crypto')
  if (!module) throw new TypeError(`replacement 'pseudonym' needs node:crypto, which this runtime does not have`)
  return module
}

function comparable(name: string, value: string): string {
  const plain = value.normalize('NFKC')
  if (COMPARED_BY_CHARACTERS.has(name)) return plain.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase()
  return COMPARED_WITHOUT_CASE.has(name) ? plain.toLowerCase() : plain
}

/** Letters `a` to `p`, one for each half byte: a pseudonym must never look like a number that is found again. */
function inLetters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(97 + (byte >> 4), 97 + (byte & 15))).join('')
}
