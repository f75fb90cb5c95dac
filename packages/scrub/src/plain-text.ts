/**
 * A text as detectors read it: whatever is written in a roundabout way is there in plain characters, so that every pattern has to know one spelling only.
 * Full-width and other digits are `0` to `9`, zero-width characters are gone, dashes are `-`, and `\u0040`, `\n`, `%40` and `&#64;` are what they stand for.
 */
export interface PlainText {
  readonly text: string
  /** `text` in lower case, of the same length. */
  readonly lower: string
  /** The place in the original where the character at `index` of `text` begins. */
  startOf(index: number): number
  /** The place in the original where the character before `index` of `text` ends. */
  endOf(index: number): number
}

/** Characters of another width, invisible ones, dashes, spaces, digits of other scripts. */
const UNUSUAL =
  /[\u00a0\u00ad\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0e50-\u0e59\u180e\u2000-\u2015\u202a-\u202f\u205f-\u2064\u2066-\u2069\u2212\u3000\ufeff\uff01-\uff5e]/

/** Escapes of JSON (in JSON within JSON they have several backslashes), percent codes of ASCII, numeric character references, and the above. */
const ROUNDABOUT = new RegExp(
  String.raw`\\{1,64}(?:u[\da-fA-F]{4}|["/bfnrt])|%[2-7][\da-fA-F]|&#(?:\d{2,3}|[xX][\da-fA-F]{2});|${UNUSUAL.source}`,
  'g',
)

/** Says quickly that a text has nothing of the above. */
// oxlint-disable-next-line no-control-regex -- every character that is not ASCII is meant
const SUSPECT = /[\\%]|&#|[^\x00-\x7f]/

/** Zeros of the decimal digits of other scripts (Unicode 17, general category Nd): Arabic, Persian, Devanagari, Bengali, Thai. */
const ZEROS = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50]

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

export function plainText(original: string): PlainText {
  if (!SUSPECT.test(original)) return unchanged(original)
  const edits: Edit[] = []
  let text = ''
  let read = 0
  for (const match of original.matchAll(ROUNDABOUT)) {
    const plain = inPlain(match[0])
    if (plain === match[0]) continue
    text += original.slice(read, match.index)
    read = match.index + match[0].length
    edits.push({ at: text.length, length: plain.length, start: match.index, end: read })
    text += plain
  }
  if (edits.length === 0) return unchanged(original)
  text += original.slice(read)
  return {
    text,
    lower: lowerCase(text),
    startOf: (index) => placeOf(edits, index).start,
    endOf: (index) => placeOf(edits, index - 1).end,
  }
}

/** One character of the plain text, or none, that is written otherwise in the original. */
interface Edit {
  readonly at: number
  readonly length: number
  readonly start: number
  readonly end: number
}

/** Where the character at `index` of the plain text stands in the original. */
function placeOf(edits: readonly Edit[], index: number): { readonly start: number; readonly end: number } {
  let low = 0
  let high = edits.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (edits[middle]!.at <= index) low = middle + 1
    else high = middle
  }
  const edit = edits[low - 1]
  if (!edit) return { start: index, end: index + 1 }
  if (index < edit.at + edit.length) return edit
  const start = edit.end + index - edit.at - edit.length
  return { start, end: start + 1 }
}

function unchanged(text: string): PlainText {
  return { text, lower: lowerCase(text), startOf: same, endOf: same }
}

function same(index: number): number {
  return index
}

/** `toLowerCase` makes two units of `İ`; offsets must stay. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function inPlain(roundabout: string): string {
  const code = roundabout.charCodeAt(0)
  if (roundabout.length > 1) return decoded(roundabout)
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  if ((code >= 0x2010 && code <= 0x2015) || code === 0x2212) return '-'
  if (code === 0xa0 || code === 0x202f || code === 0x205f || code === 0x3000 || (code >= 0x2000 && code <= 0x200a)) {
    return ' '
  }
  const zero = ZEROS.find((first) => code >= first && code <= first + 9)
  return zero === undefined ? '' : String(code - zero)
}

function decoded(escape: string): string {
  if (escape[0] === '%') return asciiOr(escape, Number.parseInt(escape.slice(1), 16))
  if (escape[0] === '&') {
    const digits = escape.slice(2, -1)
    return asciiOr(escape, /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number(digits))
  }
  const letter = escape.slice(escape.lastIndexOf('\\') + 1)
  if (letter.length === 1) return ESCAPES[letter] ?? letter
  const character = String.fromCharCode(Number.parseInt(letter.slice(1), 16))
  return UNUSUAL.test(character) ? inPlain(character) : character
}

/** `&` and `#` stay as they are: decoded, they would end the value of a parameter that they are part of. */
function asciiOr(escape: string, code: number): string {
  return code < 0x20 || code > 0x7e || code === 0x26 || code === 0x23 ? escape : String.fromCharCode(code)
}
