import { passesResidentId } from '../checks/checksums.ts'
import { isBirthDay } from '../checks/dates.ts'
import type { Detector } from '../scan.ts'

/** Region, birthday, sequence, check character; in one run or in groups. */
const ID = /(?<![\w.-])[1-9]\d{5}[ -]?(?:19|20)\d{6}[ -]?\d{3}[ -]?[\dXx](?![\w-]|\.\d)/g

/** The form of before 1999 has no checksum, and is believed behind a key word only. */
const OLD_ID = /(?:身份证|身份證|resident id)[^\d\n]{0,16}(\d{15})(?!\d)/giu

/** First four digits: provinces, Taiwan, Hong Kong and Macau, and the numbers that prefectures have in them (GB/T 2260). */
const REGION = /^(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])(?:[0-2]\d|3[0-5]|5[0-4]|90)/

/** Resident ids of the People's Republic of China. */
export const cnResidentId: Detector = {
  class: 'cn_resident_id',
  find: ({ text }, report) => {
    for (const match of text.matchAll(ID)) {
      if (isResidentId(match[0].replace(/[ -]/g, ''))) report(match.index, match.index + match[0].length)
    }
    if (!/身份[证證]|resident id/i.test(text)) return
    for (const match of text.matchAll(OLD_ID)) {
      const end = match.index + match[0].length
      report(end - 15, end)
    }
  },
}

function isResidentId(id: string): boolean {
  const [year, month, day] = [id.slice(6, 10), id.slice(10, 12), id.slice(12, 14)].map(Number) as [
    number,
    number,
    number,
  ]
  return REGION.test(id) && isBirthDay(year, month, day) && passesResidentId(id)
}
