import { inFront, isOfAThing } from '../checks/context.ts'
import { looksLikeDate } from '../checks/dates.ts'
import type { Detector } from '../scan.ts'

/** An extension: `ext. 12`, `x12`, `Durchwahl 12`. */
const EXTENSION = String.raw`(?: {0,2}(?:ext\.?|extension|x|durchwahl|dw|转|分机|-) {0,2}\d{1,5}(?!\d))?`

/** Between the groups of a number. */
const GAP = String.raw`[ .\-/()]{0,3}`

/**
 * Forms that are phone numbers by themselves. International ones (ITU-T E.164: at most 15 digits) begin with `+`; `00` counts with a group behind it. National ones have
 * groups: of North America; those with a leading zero, which most of the world has; Russia's; Poland's and Spain's; Brazil's; China's and India's toll-free numbers. In one run:
 * mobile numbers of China, Germany and Britain, and ten or eleven digits with a leading zero.
 */
const FORMS = [
  String.raw`\(?\+(?:\(?[1-9]\d{0,2}\)?|[1-9])(?:${GAP}\d){6,14}`,
  String.raw`00[1-9]\d{0,2}(?:[ \-/]\(?\d{1,5}\)?){2,6}`,
  String.raw`(?:1[ .\-])?(?:\([2-9]\d{2}\)[ .\-]{0,2}\d{3}[.\- ]?\d{4}|[2-9]\d{2}[.\-/ ]\d{3}[.\- ]\d{4})`,
  String.raw`1\([2-9]\d{2}\) ?\d{3}[.\- ]\d{4}`,
  String.raw`(?:\(0\d{1,5}\)|0[1-9]\d{0,4}(?=[ .\-/]))[ \-./]{0,3}\d{1,9}(?:[ .\-/]{1,2}\d{1,5}){0,4}`,
  String.raw`(?:8[ \-]?\(?[3489]\d{2}\)?|\(\d{3}\))[ \-]?\d{3}[ \-]\d{2}[ \-]\d{2}`,
  String.raw`\d{2}[ \-]\d{3}(?:[ \-]\d{2}){2}|[6-9]\d{2}-\d{3}-\d{3}|[89]\d{2}(?: \d{2}){3}`,
  String.raw`\(\d{2}\) ?\d{4,5}[ \-]\d{4}`,
  String.raw`(?:400|800)-?(?:\d{3}-\d{4}|\d{4}-\d{3})`,
  String.raw`1800[ \-]\d{3}[ \-]\d{4}`,
  String.raw`(?:\(?(?:00)?86\)?[ \-]?)?1[3-9]\d(?:\d{8}|(?: \d{4} |-\d{4}-)\d{4})`,
  String.raw`01(?:5\d|6[023]|7\d)\d{7,8}|07[1-57-9]\d{8}|0(?!123456789)[1-9]\d{8,9}`,
]

/** All of them at once. */
const FORM = new RegExp(
  String.raw`(?<![\w+.\-/=#&]|\d[ (])(?=[\d+(])(?:${FORMS.join('|')})${EXTENSION}(?![\w]|[.\-/:,]\d)`,
  'gi',
)

/** Any number behind a key word, with or without groups. */
const ANY = new RegExp(
  String.raw`(?<![\w+.\-]|\d[ (])[+(]{0,2}\d(?:${GAP}\d){5,14}${EXTENSION}(?![\w]|[.\-/:,]\d)`,
  'gi',
)

const KEY_WORD =
  /(?:(?:^|[^\p{L}])(?:phone|phones|telephone|tel|tele|telefon|mobile|mobil|mob|cell|cellphone|cellular|landline|fax|telefax|whatsapp|wechat|signal|telegram|viber|sms|pager|hotline|call|calls|called|calling|dial|dialled|ring|text|texted|reach|contact|contacts|phonenumber|mobilenumber|handy|handynummer|mobilnummer|mobilfunk|festnetz|rufnummer|telefonnummer|durchwahl|anrufen|ruf|rufe|rufen|erreichbar|erreichen|téléphone|téléphonique|tél|portable|numéro|appelez|appeler|appelle|teléfono|telefono|móvil|movil|celular|llame|llama|llámame|cellulare|telefone|telemóvel|ligue|telefoon|mobiel|bel|telefonnummer|telefonszám|puhelin|puh|tlf|тел|телефон|телефону|моб|звоните|позвоните|номер)|(?:phone|mobile|tel|fax|cell)(?:_?(?:number|no|nr|num))?|电话|電話|手机|手機|手机号|联系方式|聯絡|联系|座机|致电|拨打|热线|传真|微信|携帯|전화|휴대폰|연락처|핸드폰|팩스)(?!\p{Ll}|_(?!number|no|nr|num|home|work|office|mobile|private|\d))(?:\D{0,28}|\D{0,20}\d[ .):]{1,2})$/u

/** Between a key word and a number that is nobody's phone. */
const NOT_BETWEEN =
  /version|build|order|\bid\b|_id|\bids\b|invoice|serial|model|amount|price|total|\$|€|£|¥|订单|编号|金额|bytes|tokens|status|code|users|people|customers|count|volume|length|size|offset|account|konto|commande|facture|pedido|factura|bestell|auftrag|rechnung|kunden|anzahl|заказ|сч[её]т/iu

/** Digits that a number must have at least: dates have eight. Behind a key word local numbers count. */
const LEAST_DIGITS = 9
const LEAST_DIGITS_EXPECTED = 6

/** Between two numbers of the same person, in so many characters. */
const MOST_BETWEEN = 10
const AND_ANOTHER = /^[\s,;/|&+()-]{0,3}(?:or|and|oder|und|ou|et|o|oppure|e|y|или|и|或|和|或者)?[\s(]{0,3}$/iu

export const phone: Detector = {
  class: 'phone',
  find: ({ text, lower }, report) => {
    const ends = new Set<number>()
    const take = (match: RegExpExecArray): void => {
      const end = match.index + match[0].length
      ends.add(end)
      report(match.index, end)
    }
    for (const match of text.matchAll(FORM)) {
      const isInternational = /^\(?\+/.test(match[0])
      const isSure = isInternational || !isOfAThing(lower, match.index)
      if (isSure && isPhone(match[0], isInternational ? LEAST_DIGITS_EXPECTED : LEAST_DIGITS)) take(match)
    }
    for (const match of text.matchAll(ANY)) {
      const isExpected = followsKeyWord(lower, match.index) || followsAnother(text, match.index, ends)
      if (isExpected && isPhone(match[0], LEAST_DIGITS_EXPECTED)) take(match)
    }
  },
}

function followsKeyWord(lower: string, start: number): boolean {
  const word = KEY_WORD.exec(inFront(lower, start))?.[0]
  return word !== undefined && !NOT_BETWEEN.test(word)
}

function followsAnother(text: string, start: number, ends: ReadonlySet<number>): boolean {
  for (let gap = 1; gap <= MOST_BETWEEN; gap++) {
    if (ends.has(start - gap)) return AND_ANOTHER.test(text.slice(start - gap, start))
  }
  return false
}

/** Not a date, nor an amount in thousands (`+1.000.000`), nor zeros, nor a decimal number. */
function isPhone(match: string, least: number): boolean {
  const digits = match.replace(/\D/g, '')
  if (digits.length < least || digits.length > 20 || /^(\d)\1+$|0{6}$/.test(digits)) return false
  // French numbers have five pairs; more are bytes.
  if (looksLikeDate(match) || (/^0\d(?:[ .-]\d\d)+$/.test(match) && digits.length !== 10)) return false
  // Seconds and milliseconds since 1970 have ten and thirteen digits.
  if (/^1\d{9}(?:\d{3})?$/.test(match)) return false
  return !/^\+?\d{1,3}(?:[. ]000)+$|^(?!\d{3}\.\d{4}$)\d+\.\d+$|^(?:\d{1,3}\.){3}\d{1,3}$/.test(match)
}
