import { inFront } from '../checks/context.ts'
import type { Detector } from '../scan.ts'

/** IEEE 802: six pairs; three fours with dots, as Cisco writes it; twelve digits behind a key word. */
const ADDRESS =
  /(?<![\w:.-])(?:[\da-f]{2}([:-])(?:[\da-f]{2}\1){4}[\da-f]{2}|[\da-f]{4}\.[\da-f]{4}\.[\da-f]{4}|[\da-f]{12})(?![\w:]|[.-][\da-z])/gi

const KEY_WORD = /(?:\bmac|hwaddr|ethernet|ether|wlan|wi-?fi|bssid|bluetooth|物理地址|网卡)[^\n]{0,24}$/u

export const macAddress: Detector = {
  class: 'mac_address',
  find: ({ text, lower }, report) => {
    for (const match of text.matchAll(ADDRESS)) {
      const address = match[0].toLowerCase()
      const isNobodys = /^(?:[0.:-]+|[f.:-]+)$/.test(address)
      const isSure =
        !looksLikeTime(address) &&
        (match[1] !== undefined || /\..*\d|\d.*\./.test(address)) &&
        !/^[\d.]+$/.test(address)
      if (!isNobodys && (isSure || KEY_WORD.test(inFront(lower, match.index)))) {
        report(match.index, match.index + address.length)
      }
    }
  },
}

/** `26-11-27-10-30-45` */
function looksLikeTime(address: string): boolean {
  const [, month = 99, day = 99, hour = 99, minute = 99, second = 99] = address.split(/[:-]/).map(Number)
  return month <= 12 && day <= 31 && hour <= 23 && minute <= 59 && second <= 59
}
