/**
 * Tokens per character, or per word, of common tokenizers: fitted to o200k_base on texts in English, German, Chinese, Japanese, Korean and
 * code (2026-11); off by -13 % to +17 %.
 */
const PER = { letter: 0.2, digit: 0.45, mark: 0.65, han: 0.72, kana: 0.7, hangul: 0.6, other: 0.45 } as const

/** Words up to this length are one token. */
const SHORT_WORD = 7

/**
 * How many tokens a text may be, told from its characters alone. Takes time in proportion to its length, whatever is in it.
 *
 * @returns a number that need not be whole; 0 for no text.
 */
export function tokensOfCharacters(text: string): number {
  let tokens = 0
  let letters = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (isLatinLetter(code)) {
      letters++
      continue
    }
    tokens += wordTokens(letters) + characterTokens(code)
    letters = 0
  }
  return tokens + wordTokens(letters)
}

function wordTokens(letters: number): number {
  if (letters === 0) return 0
  return letters <= SHORT_WORD ? 1 : letters * PER.letter
}

const isLatinLetter = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0xc0 && code <= 0x24f && code !== 0xd7 && code !== 0xf7)

function characterTokens(code: number): number {
  if (code <= 0x20 || code === 0xa0) return 0
  if (code >= 0x30 && code <= 0x39) return PER.digit
  if (code < 0xc0 || (code >= 0x2000 && code <= 0x2bff) || (code >= 0x3000 && code <= 0x303f)) return PER.mark
  if (code >= 0x3040 && code <= 0x30ff) return PER.kana
  if (code >= 0x3400 && code <= 0x9fff) return PER.han
  if (code >= 0xac00 && code <= 0xd7af) return PER.hangul
  return PER.other
}
