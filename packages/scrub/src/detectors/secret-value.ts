import { looksLikePlaceholder } from '../checks/placeholder.ts'
import { isSecretWord, type Strength } from './secret-words.ts'

/**
 * What ties a value to its key word: `=` and `:`, with `tight` for no space around; a verb or words between; a mere space; an option of a command line.
 */
export type Tie = 'tight' | 'assigned' | 'said' | 'beside' | 'option'

/** What follows words such as "password" in sentences, in code and in schemas. */
const NO_VALUES = new Set(
  (
    'true false null none nil undefined required optional string str text any number integer int boolean bool object bytes varchar char invalid incorrect wrong expired missing empty ' +
    'changed change reset strong weak hashed encrypted protected policy manager field fields here must should shall will would can could may might have has had and or for to the a an in of ' +
    'not is was are were stored set never always only too very also still already sent known unknown given yours mine safe secure insecure private public hidden visible shown ' +
    'please enter see use used using when where what which who how why if then else with without by on at from as it its your my our their this that these those new old same ' +
    'default defaults disabled enabled generated provided accepted rejected denied allowed confirmed updated created deleted removed saved stolen leaked lost forgotten compromised ' +
    'yes no ok input output type value name label placeholder hint self secretstr secretstring const let var function return async await import export default ' +
    'erforderlich falsch ungültig abgelaufen geändert sicher unsicher nicht und oder ein eine der die das wurde wird ist muss soll bitte eingeben vergessen zurücksetzen'
  ).split(' '),
)

const CODE =
  /^(?:[\w$]{1,64}(?:\.[\w$]{1,64}){0,8}\(|[a-z_$][\w$]{0,63}(?:\??\.[a-z_$]{1,64}){1,8}$|[a-z_$][\w$]{0,63}\[|(?:https?|file):|\/\/|\/[^/\s]{1,64}\/|\.{1,2}\/|[a-z]:\\|-|`|\^|=|\||\()/i

/** A path, a call. */
const NO_SECRET = /^(?:~|\.{0,2})\/[\w./-]*$|\(\)$/

/** No word, type or expression is so long. */
const MOST_LOOKED_AT = 1_024

/** Whether what stands behind a key word is a secret, and not the next word of a sentence, a type or an expression. */
export function isSecretValue(value: string, strength: Strength, tie: Tie, quoted: boolean): boolean {
  if (value.length > MOST_LOOKED_AT) return true
  if (looksLikePlaceholder(value) || NO_VALUES.has(value.toLowerCase().replace(/[!?.[\]]+$/, ''))) return false
  if (NO_SECRET.test(value) || (!quoted && CODE.test(value))) return false
  if (strength === 'code') return /^\d{3,8}$/.test(value.replace(/[ #*-]/g, ''))
  if (isSecretWord(value)) return false
  if (strength === 'token') return isToken(value, tie, quoted)
  return (strength !== 'short' || tie === 'tight' || tie === 'assigned') && isPassword(value, tie, quoted)
}

function isPassword(value: string, tie: Tie, quoted: boolean): boolean {
  if (value.length < 4) return false
  const mixed = /\d|[!@#$%^&*+=~?|]./.test(value) || hasRandomCase(value)
  switch (tie) {
    case 'tight':
    case 'option':
      return !/\s/.test(value)
    case 'assigned':
      return quoted ? isOneOrFewWords(value) : mixed || /^[a-z]{6,}$/.test(value) || /[^\p{ASCII}]/u.test(value)
    case 'said':
      return quoted ? isOneOrFewWords(value) : mixed
    case 'beside':
      return value.length >= 6 && (quoted ? !/\s/.test(value) : mixed && /^[!-~]*$/.test(value))
  }
}

/** A sentence in quotes is a message about passwords. */
function isOneOrFewWords(value: string): boolean {
  const words = value.split(/\s+/).length
  return words === 1 || (words <= 3 && /\d/.test(value))
}

/** Fewest characters of a token, by what ties it to its word. */
const LEAST_TOKEN: Readonly<Record<Tie, number>> = { tight: 6, assigned: 6, option: 6, said: 8, beside: 16 }

function isToken(value: string, tie: Tie, quoted: boolean): boolean {
  if (value.length < LEAST_TOKEN[tie] || /\s/.test(value)) return false
  // `OAuth2Client` is a type.
  const mixed = (quoted || value.length >= 20 ? /\d/ : /\d.*\d/).test(value) && /[a-z]/i.test(value)
  return mixed || (value.length >= 20 && hasRandomCase(value)) || (tie === 'tight' && /^[a-z]{16,}$/.test(value))
}

/** Capitals turn up more often than in `camelCaseNames`. */
function hasRandomCase(value: string): boolean {
  return (value.match(/\p{Ll}_?\p{Lu}/gu)?.length ?? 0) * 6 >= value.length
}
