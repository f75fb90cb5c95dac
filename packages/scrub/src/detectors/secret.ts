import { looksLikePlaceholder } from '../checks/placeholder.ts'
import type { Detector, Report } from '../scan.ts'
import { isSecretValue, type Tie } from './secret-value.ts'
import { isSecretWord, type SecretWord, secretWords, type Strength } from './secret-words.ts'

/** What may be glued to the end of a key word: `password2`, `token_prod`, `"password"`, `['password']`. Behind Chinese it would be the value. */
const SUFFIX =
  /(?:\d{1,2}|[_-]?(?:confirm(?:ation)?|new|old|prod(?:uction)?|dev|test|staging|live|value|base64|b64|base|plain|raw|primary|secondary|main|admin|root|user|db|prod))?(?:(?!['’]s\b)["'`\])*]){0,3}/iy
const CLOSING = /["'`\])*]{0,3}/y

/** Ties, in the order they are tried. */
const TIES: readonly (readonly [tie: Tie, pattern: RegExp])[] = [
  ['tight', /(?:=|:=)(?=[^\s=>])/y],
  ['assigned', /[ \t]{0,8}(?:=>|->|:=|===?|=|:|：|\|)\s{0,8}|>\s{0,8}/y],
  [
    'said',
    /[ \t]{0,3}(?:(?:is|was|are|['’]s|now|to|from|von|ist|lautet|war|auf|est|es|è|é|e|это)(?![\p{L}\d])|是|为|為|は|는|은|设为|改为|设置为|改成)[ \t]{0,3}(?:now |set to |jetzt )?[:：]?[ \t]{0,3}/iuy,
  ],
  [
    'said',
    /[ \t][^\n:=.,;"'。，；]{1,48}?(?:(?<![\p{L}\d])(?:is|was|ist|lautet|to|est|es)(?![\p{L}\d])[:：]?|[:：=]|是|为|為)[ \t]{0,3}/iuy,
  ],
  ['said', /[^\n\w:=.,;"'。，；]{1,8}?(?:是|为|為|成|：|:)[ \t]{0,3}/y],
  ['said', /[ \t]{1,3}--?[ \t]{1,3}/y],
  ['beside', /[ \t]{1,4}|(?<=[\u0e00-\uffff])/y],
]

/** Words between a key word and a verb that say that it is about something else. */
const ABOUT_ELSE =
  /name|type|count|limit|length|expir|usage|window|budget|cost|price|bucket|rotat|manager|policy|reset|per /i

const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '`': '`',
  '“': '”',
  '‘': '’',
  '「': '」',
  '『': '』',
  '«': '»',
  '„': '“',
}

const MOST_QUOTED = 8_192

/** A bare value: printable ASCII but what ends one in text and code, or letters of one script. */
const BARE_ASCII = /[!-~]{1,4096}/y
const BARE_OTHER = /[\p{L}\p{N}]{1,32}/uy
const BARE_END = /["'`<>,;|\\]|[)\]}](?=$|\W)|&(?=[\w-]{1,32}=)/

/** Passwords may have such characters in them: one ends a password only if what follows looks like the text around it. */
const PASSWORD_END =
  /[,;|&](?=\s|$|[\w .-]{1,32}["']?[:=])|["'`](?=[\s,;:)\]}>]|$)|<\/|[)\]}](?=[\s.,;:)\]}"'`]|$)|[>\\](?=\s|$)/

export const secret: Detector = {
  class: 'secret',
  find: ({ text, lower }, report) => {
    schemes(text, lower, report)
    let last = 0
    let read = 0
    for (const word of secretWords(lower)) {
      // Words come in order, twice if there are other scripts.
      if (word.start < last) read = 0
      last = word.start
      const place = word.start < read ? undefined : placeBehind(text, word)
      if (!place) continue
      report(place.start, place.end)
      read = place.end
    }
  },
}

interface Place {
  readonly start: number
  readonly end: number
  readonly isPhrase?: boolean
}

/** Four words or more. */
const PHRASE = /(?:[\p{L}\d]{1,16}[ -]){3,24}[\p{L}\d]{1,16}/uy
const CODE = /\d{3}[ -]\d{3}(?!\w)/y

function placeBehind(text: string, { strength, start: wordStart, end: wordEnd }: SecretWord): Place | undefined {
  const isLatin = /[a-z]/i.test(text[wordEnd - 1] ?? '')
  const from = endOfMatch(isLatin ? SUFFIX : CLOSING, text, wordEnd)
  // `tokenizer`, `passwordField`
  if (isLatin && /^\p{sc=Latin}{2}/u.test(text.slice(from - 1, from + 1))) return undefined
  const isOption = /(?:^|\s)--[\w-]{0,32}$/.test(text.slice(Math.max(0, wordStart - 36), wordStart))
  for (const [tie, pattern] of TIES) {
    const start = endOfMatch(pattern, text, from)
    if (start === from && (tie !== 'beside' || !pattern.test(text))) continue
    if (tie === 'said' && ABOUT_ELSE.test(text.slice(from, start))) return undefined
    const place = valueAt(text, start, strength, tie)
    if (!place) continue
    const value = text.slice(place.start, place.end)
    if (
      tie === 'assigned' &&
      place.start === start &&
      isBeginningOfSentence(value, text.slice(place.end, place.end + 4))
    )
      return undefined
    const isConstant = tie === 'tight' && /[A-Z]/.test(text[wordEnd - 1] ?? '')
    if (isConstant && /^[a-z]{8,}$/.test(value) && !looksLikePlaceholder(value)) return place
    const believed = tie === 'beside' && isOption ? 'option' : tie
    if (place.isPhrase || isSecretValue(value, strength, believed, place.start > start)) return place
    if (tie === 'tight' || tie === 'assigned') return undefined
  }
  return undefined
}

/** `pass: determine the length` */
function isBeginningOfSentence(value: string, next: string): boolean {
  return /^\p{Lu}?\p{Ll}+$/u.test(value) && /^[ \t]{1,3}[\p{L}%(]/u.test(next)
}

/** Where a sticky pattern that matches at `from` ends; `from` itself if it does not. */
function endOfMatch(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from
  return pattern.test(text) ? pattern.lastIndex : from
}

function valueAt(text: string, start: number, strength: Strength, tie: Tie): Place | undefined {
  const isGiven = tie === 'tight' || tie === 'assigned'
  const quoted = quotedValueAt(text, start)
  const first = quoted?.start ?? start
  const special = strength === 'phrase' && isGiven ? PHRASE : strength === 'code' ? CODE : undefined
  const end = special ? endOfMatch(special, text, first) : first
  if (end > first) return { start: first, end, isPhrase: special === PHRASE && !isSecretWord(text.slice(first, end)) }
  return quoted ?? bareValueAt(text, start, strength === 'token' ? BARE_END : PASSWORD_END)
}

function quotedValueAt(text: string, start: number): Place | undefined {
  const closing = QUOTES[text[start] ?? '']
  if (closing) {
    const inner = text.slice(start + 1, start + MOST_QUOTED)
    const end = inner.indexOf(closing)
    if (end > 0 && !inner.slice(0, end).includes('\n')) return { start: start + 1, end: start + 1 + end }
  }
  return undefined
}

function bareValueAt(text: string, start: number, bareEnd: RegExp): Place | undefined {
  if (QUOTES[text[start] ?? '']) return undefined
  const ascii = endOfMatch(BARE_ASCII, text, start)
  if (ascii === start) {
    const end = endOfMatch(BARE_OTHER, text, start)
    return end > start ? { start, end } : undefined
  }
  const run = text.slice(start, ascii)
  const cut = run.search(bareEnd)
  const value = (cut < 0 ? run : run.slice(0, cut)).replace(/[.:,]+$/, '')
  return value === '' ? undefined : { start, end: start + value.length }
}

/** Credentials of HTTP (RFC 6750, RFC 7617), cookies (RFC 6265), `login: bob / hunter2`, and `curl -u`. */
const SCHEME = /(?<![a-z])(?:(bearer|token)|(basic))[ \t]{1,4}([\w.~+/=-]{8,4096})/g
const AUTHORIZATION =
  /authorization["']?[ \t]{0,4}[:=][ \t]{0,4}["']?(?:bearer|basic|token|apikey|digest)[ \t]{1,4}([^\s"',]{4,4096})/g
const COOKIE = /(?<![a-z-])(?:set-)?cookie["']?[ \t]{0,4}:[ \t]{0,4}["']?([^\n"']{8,4096})/g
const PAIR =
  /(?:credentials?|zugangsdaten|log-?in|user ?\/ ?(?:pass|pw)[a-z]{0,5}|[账帐]号密码|账密)[^\n:：]{0,16}[:：][ \t]{0,2}[\w.@-]{1,64}(?:[ \t]{0,2}[/:][ \t]{0,2}|[ \t]\|[ \t])([!-~]{4,128})/g
const CURL_USER = /(?<!\S)(?:-u|--user)[ =]{1,2}["']?([^\s:"']{1,64}:[^\s"']{1,128})/g

function schemes(text: string, lower: string, report: Report): void {
  const all = (pattern: RegExp, isSecret: (value: string, match: RegExpExecArray) => boolean): void => {
    for (const match of lower.matchAll(pattern)) {
      const end = match.index + match[0].length
      const start = end - (match.at(-1)?.length ?? 0)
      if (isSecret(text.slice(start, end), match)) report(start, end)
    }
  }
  all(SCHEME, (value, [, , basic]) =>
    basic
      ? isBasic(value)
      : isSecretValue(value, 'token', 'said', false) || (value.length >= 20 && /[A-Z].*[a-z]|[a-z].*[A-Z]/.test(value)),
  )
  if (lower.includes('authorization')) all(AUTHORIZATION, (value) => !looksLikePlaceholder(value))
  all(PAIR, (value) => isSecretValue(value, 'password', 'said', false))
  if (lower.includes('cookie')) all(COOKIE, (value) => value.includes('=') && /\d/.test(value))
  if (lower.includes('curl'))
    all(CURL_USER, (value) => ![value, ...value.split(':').slice(1)].some(looksLikePlaceholder))
}

/** Base64 of `user:password`. */
function isBasic(value: string): boolean {
  try {
    return atob(value).includes(':')
  } catch {
    return false
  }
}
