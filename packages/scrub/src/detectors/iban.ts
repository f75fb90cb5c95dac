import { passesMod97 } from '../checks/checksums.ts'
import type { Detector } from '../scan.ts'

/**
 * Lengths by country, as SWIFT's IBAN Registry has them; in the last line, countries that use IBANs without being in it. Compared with ibantools 4.5.4, November
 * 2026: no difference.
 */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 ' +
    'GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 ' +
    'NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30 ' +
    'AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28 MG27 ML28 MZ25 NE28 SN28 TD27 TG28'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

const START = /(?<![\w-])(?:[A-Z]{2}|[a-z]{2}) ?\d{2}(?=[ .-]?[A-Za-z\d])/g

/** What follows the check digits: at most as much as the longest IBAN with a separator after each character but no more. */
const REST = /(?:[ .-]?[A-Za-z\d]){11,29}/y

/** Account numbers of banks, in groups or in one run, with a checksum that is right. */
export const iban: Detector = {
  class: 'iban',
  find: ({ text }, report) => {
    for (const start of text.matchAll(START)) {
      const length = LENGTHS[start[0].slice(0, 2).toUpperCase()]
      const end = length ? ibanEnd(text, start.index, start[0].length, length) : 0
      if (end > 0) report(start.index, end)
    }
  },
}

function ibanEnd(text: string, start: number, head: number, length: number): number {
  REST.lastIndex = start + head
  if (!REST.test(text)) return 0
  let characters = 0
  let end = start
  while (characters < length && end < REST.lastIndex) if (/[A-Za-z\d]/.test(text[end++] ?? '')) characters++
  const written = text.slice(start, end)
  if (characters < length || /^[.-]?[A-Za-z\d]/.test(text.slice(end, end + 2)) || isIrregular(written)) return 0
  return passesMod97(written.replace(/[ .-]/g, '')) ? end : 0
}

/** Ids have dashes, dots and letters, too: dashes are believed in groups of four only, small letters as a bank's code and one more. */
function isIrregular(written: string): boolean {
  if (/[a-z]/.test(written)) return !/^[a-z]{2}\d{2}[a-z]{0,4}\d+[a-z]?\d*$/.test(written.replace(/ /g, ''))
  return /[.-]/.test(written) && !/^(?:[A-Za-z\d]{4}[.-]){3,8}[A-Za-z\d]{1,4}$/.test(written)
}
