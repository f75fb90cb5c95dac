import type { Detector, Report } from '../scan.ts'

/** Longest local part (RFC 5321, section 4.5.3.1.1). */
const MOST_LOCAL = 64

/** What local parts are made of in practice; the RFC allows more, most of which separates an address from what is in front of it: `email=`, `to:`, `/`. */
const LOCAL_CHARACTER = /[\p{L}\p{M}\p{N}._%+'-]/u
const CJK = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u

const ASCII_DOMAIN = /(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,8}(?:xn--[a-z\d-]{2,59}|[a-z]{2,24})/iy
const ANY_DOMAIN = /(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,8}(?:xn--[a-z\d-]{2,59}|\p{L}{2,24})/iuy
const ADDRESS_LITERAL = /\[(?:IPv6:)?[\da-f.:]{3,39}\]/iy

/** `joe [at] example [dot] com`, and without brackets only with both words. */
const SPELLED_OUT =
  /(?<![\w.+-])[a-z\d][\w.+-]{0,63} ?[[({<] ?(?:at|@|ät) ?[\])}>] ?[a-z\d][a-z\d-]{0,62}(?:(?:\.| ?[[({<] ?(?:dot|punkt|\.) ?[\])}>] ?| dot )[a-z\d-]{2,63}){1,4}/gi
const SPELLED_IN_WORDS =
  /(?<![\w.+-])(?:[a-z\d][\w+-]{0,31} dot ){0,3}[a-z\d][\w.+-]{1,63} at [a-z\d][a-z\d-]{1,62}(?: dot [a-z\d-]{2,63}){1,4}/gi

/** Addresses of e-mail, found from each `@`: at most 64 characters are read in front of it, and behind it a domain. */
export const email: Detector = {
  class: 'email',
  find: ({ text, lower }, report) => {
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      const end = domainEnd(text, at + 1)
      if (end === 0) continue
      const start = localStart(text, at)
      if (start < at && !isSomethingElse(lower, start, at, end)) report(start, end)
    }
    if (/[[({<] ?(?:at|@|ät) ?[\])}>]/.test(lower)) reportMatches(SPELLED_OUT, text, report)
    if (lower.includes(' dot ')) reportMatches(SPELLED_IN_WORDS, text, report)
  },
}

function reportMatches(pattern: RegExp, text: string, report: Report): void {
  for (const match of text.matchAll(pattern)) report(match.index, match.index + match[0].length)
}

function domainEnd(text: string, start: number): number {
  for (const domain of [ASCII_DOMAIN, ANY_DOMAIN, ADDRESS_LITERAL]) {
    domain.lastIndex = start
    if (domain.test(text)) return domain.lastIndex
  }
  return 0
}

function localStart(text: string, at: number): number {
  if (text[at - 1] === '"') return quotedStart(text, at)
  let start = at
  while (start > 0 && at - start < MOST_LOCAL && LOCAL_CHARACTER.test(text[start - 1] ?? '')) start--
  // Letters beyond U+FFFF are two units, neither of which is a letter.
  const local = text.slice(start, at)
  const skipped = /^[^\p{L}\p{N}]*/u.exec(local)?.[0].length ?? 0
  return start + Math.max(skipped, leadIn(local))
}

/** `"john doe"@example.com` */
function quotedStart(text: string, at: number): number {
  const quote = text.lastIndexOf('"', at - 2)
  const isLocal = quote >= 0 && at - quote <= MOST_LOCAL && !text.slice(quote, at).includes('\n')
  return isLocal ? quote : at
}

/** Where Chinese runs into an address (`发邮件到zhang@example.com`), the address begins behind it. */
function leadIn(local: string): number {
  if (CJK.test(local.at(-1) ?? '')) return 0
  for (let index = local.length - 1; index >= 0; index--) {
    if (CJK.test(local[index] ?? '')) return index + 1
  }
  return 0
}

/** Last labels of names that have an `@` and are no addresses: units of systemd, files (`icon@2x.png`). */
const NO_TOP_LEVEL = new Set(
  'service socket timer mount automount target device scope slice path png jpg jpeg gif webp svg ico avif js mjs cjs ts tsx jsx json css scss map html'.split(
    ' ',
  ),
)

function isSomethingElse(lower: string, start: number, at: number, end: number): boolean {
  const local = lower.slice(start, at)
  const domain = lower.slice(at + 1, end)
  // `git@github.com:org/repo`
  if ((local === 'git' || local === 'hg') && /[:/]/.test(lower[end] ?? '')) return true
  // `lodash@4.17.x.tgz`, `icon@2x.png`
  return (
    /^v?\d+\.(?:\d|x\.)|^\d(?:\.\d)?x\./.test(domain) || NO_TOP_LEVEL.has(domain.slice(domain.lastIndexOf('.') + 1))
  )
}
