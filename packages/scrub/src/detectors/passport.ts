import { looksLikeDate } from '../checks/dates.ts'
import type { Detector } from '../scan.ts'

const KEY_WORD =
  /passport|reisepass|pass-?(?:nr|nummer|no)|护照|護照|passeport|pasaporte|passaporte|passaporto|paspoort|паспорт|загранпаспорт|パスポート|旅券|여권/g

/** Six to nine characters (ICAO 9303: nine at most), most of them digits, and a check digit, perhaps; or Russia's in groups. */
const NUMBER =
  /(?<![\p{sc=Latin}\d])(?:\d{2} ?\d{2} ?\d{6}|\d{2}[a-z]{2}\d{5}|(?:[a-z]{1,3}\d? ?)?\d{6,9}[a-z]?|(?=[a-z\d]{0,8}\d)[cfghjklmnprtvwxyz\d]{9,10}|[a-z]{1,2}\d{2}[a-z]{2}\d{4,5})(?![\p{sc=Latin}\p{N}_]|[-./]\d)/iu

/** How far behind the key word a number is looked for. */
const REACH = 56

/** Numbers of passports behind a key word; by themselves they look like anything. */
export const passport: Detector = {
  class: 'passport',
  find: ({ text, lower }, report) => {
    for (const word of lower.matchAll(KEY_WORD)) {
      const from = word.index + word[0].length
      const behind = text.slice(from, from + REACH)
      const match = NUMBER.exec(behind)
      if (!match || !isNumber(match[0]) || leadsAway(behind.slice(0, match.index))) continue
      report(from + match.index, from + match.index + match[0].length)
    }
  },
}

function isNumber(match: string): boolean {
  return (match.match(/\d/g)?.length ?? 0) >= 4 && !looksLikeDate(match)
}

/** A line or a sentence that ended, or another number in between. */
function leadsAway(between: string): boolean {
  return /\n\s*\n|[。；;!?]|\.\s+\p{Lu}|\d{3}|version|strategy|expir|order|phone/iu.test(between)
}
