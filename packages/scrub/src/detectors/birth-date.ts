import { isBirthDay } from '../checks/dates.ts'
import type { Detector } from '../scan.ts'

const KEY_WORD =
  /(?:(?<![\p{L}])(?:born|birth[ _-]?da(?:te|y)s?|date[ _-]?of[ _-]?birth|dateofbirth|birth|dob|d\.o\.b\.?|b-?day|geboren|geburtsdatum|geburtstag|geb|geb\.|née?s?|naissance|anniversaire|nacimiento|fecha de nac|nacid[oa]|cumpleaños|nascita|nat[oa]|compleanno|nascimento|nascid[oa]|geboortedatum|дата рождения|родил(?:ся|ась)|рожд\.|urodzenia|urodzon[ya]|doğum tarihi|född|født|syntynyt)(?![\p{L}])|出生日期|出生年月日?|出生|生日|生于|生於|生年月日|誕生日|생년월일|출생)/giu

/** Names of months are any word: dates are looked for behind a word of birth only. */
const MONTH = String.raw`(?<!\p{L})\p{L}{3,12}\.?`

const DATE = new RegExp(
  String.raw`(?<!\d)(?:` +
    [
      String.raw`(?<y1>(?:19|20)\d{2})(?<s1>[-./ ]?|\. )(?<m1>\d{1,2})\k<s1>(?<d1>\d{1,2})`,
      String.raw`(?<d2>\d{1,2})(?<s2>[-./ ]|\. )(?<m2>\d{1,2})\k<s2>(?:(?:19|20)\d{2}|\d{2})`,
      String.raw`\d{1,2}(?:st|nd|rd|th|er|\.|º)?[ -]?(?:of |de |di |d')?${MONTH}(?: de| del)?[ ,-]{1,2}(?:(?:19|20)\d{2}|'?\d{2})`,
      String.raw`${MONTH} \d{1,2}(?:st|nd|rd|th)?[, ]{1,2}(?:19|20)\d{2}`,
      String.raw`(?:19|20)\d{2} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日号號일]?`,
    ].join('|') +
    String.raw`)(?!\d)`,
  'iu',
)

/** Chinese and Japanese may say it behind the date: `1990年5月1日出生`. */
const DATE_IN_FRONT = /(?:19|20)\d{2} ?年 ?\d{1,2} ?月 ?\d{1,2} ?[日号號](?= ?(?:出生|生まれ|生[，。,.;；）)]))/gu

/** How far behind the key word a date is looked for. */
const REACH = 48

/** Dates behind a word of birth; other dates are nobody's secret. */
export const birthDate: Detector = {
  class: 'birth_date',
  find: ({ text, lower }, report) => {
    for (const word of lower.matchAll(KEY_WORD)) {
      const from = word.index + word[0].length
      const behind = text.slice(from, from + REACH)
      const match = DATE.exec(behind)
      if (!match || !isDate(match.groups ?? {}) || leadsAway(behind.slice(0, match.index))) continue
      report(from + match.index, from + match.index + match[0].length)
    }
    if (!text.includes('年')) return
    for (const match of text.matchAll(DATE_IN_FRONT)) report(match.index, match.index + match[0].length)
  },
}

function isDate({ y1, m1, d1, m2, d2 }: Readonly<Record<string, string | undefined>>): boolean {
  if (y1) return isBirthDay(Number(y1), Number(m1), Number(d1))
  if (d2) return isBirthDay(2000, Number(m2), Number(d2)) || isBirthDay(2000, Number(d2), Number(m2))
  return true
}

function leadsAway(between: string): boolean {
  return /\n\s*\n|[。；;!?]|\.\s+\p{Lu}|\d{3}/u.test(between)
}
