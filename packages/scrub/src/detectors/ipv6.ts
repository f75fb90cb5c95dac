import type { Detector } from '../scan.ts'

/** Digits and colons with an IPv4 address at the end, perhaps, and a zone. What it means is looked at afterwards. */
const CANDIDATE = /(?<![\w:.])(?=[\da-f]{0,4}:)[\da-f:]{3,45}(?:\d?(?:\.\d{1,3}){3})?(?:%[\w.-]{1,16})?(?![\w:])/gi

/** Global unicast, unique local, link-local and multicast addresses (RFC 4291, RFC 4193). */
const KNOWN_START = /^(?:[23][\da-f]{3}|f[cd][\da-f]{2}|fe[89ab][\da-f]|ff[\da-f]{2}):/i

/** IPv6 addresses in full or with `::`. `::`, `::1` masks and whole kinds of networks (`fe80::/10`) are nobody's; two names with `::` between are code. */
export const ipv6: Detector = {
  class: 'ipv6',
  find: ({ text }, report) => {
    if (!text.includes(':')) return
    for (const match of text.matchAll(CANDIDATE)) {
      // A colon behind an address is the sentence's.
      const written = match[0].replace(/(?<!:):$/, '')
      if (isAddress(written.replace(/%.*/, ''))) report(match.index, match.index + written.length)
    }
  },
}

function isAddress(text: string): boolean {
  const halves = text.split('::')
  if (
    /^(?:(?:ffff|0|:)*|(?:f[c-f][\da-f]{2}|2000|64:ff9b)::)$/i.test(text) ||
    halves.length > 2 ||
    /^:[^:]|[^:]:$/.test(text)
  )
    return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const embedded = groups.at(-1)?.includes('.') ?? false
  const length = groups.length + (embedded ? 1 : 0)
  if (!groups.every((group, index) => /^[\da-f]{1,4}$/i.test(group) || (embedded && index === groups.length - 1)))
    return false
  if (halves.length === 1) return length === 8 && groups.some((group) => group.length > 2)
  return length < 8 && (embedded || KNOWN_START.test(text) || (length >= 4 && /\d/.test(text)))
}
