import { inFront } from '../checks/context.ts'
import type { Detector } from '../scan.ts'

const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`
const ADDRESS = new RegExp(
  String.raw`(?<![\w.+~^-]|[\d]:)${OCTET}\.${OCTET}\.${OCTET}\.${OCTET}(?![\w]|\.\w|[-+][a-z\d])`,
  'gi',
)

/** Addresses that are nobody's: this host, no host, everyone, networks' masks, private networks as a whole (RFC 1122, RFC 1918). */
const NOBODYS = /^(?:127\.|0\.|255\.)/
const PRIVATE_NETWORK = /^(?:10|172|192\.168|169\.254|100)\.[\d.]{1,12}\.0\/\d/

/** A number with four parts of something else: a version, a section, a product in a user agent (`Chrome/120.0.0.0`). */
const NO_ADDRESS =
  /(?:(?:^|[^\p{L}])(?:v|ver|version|versions|vers|release|rel|rev|revision|update[ds]?|upgrade[ds]?|downgraded?|build|firmware|driver|software|patch|section|sections|sec|chapter|clause|paragraph|article|appendix|kapitel|abschnitt|ziffer|punkt|absatz|fassung|figure|fig|table|step|item|oid|schema|spec|assembly|assemblyversion|fileversion|nuget|package|tag|min|max|ios|ipados|android|macos|windows|nt|linux|kernel|chrome|firefox|safari|edge|opera|python|node|java|php|ruby|go|mysql|postgres|nginx|openssl)(?:[\s_-]{1,2}(?:number|nr|no|is|ist|to|from|auf|of|at|the|since|>=|<=|==))?|版本号?|版|章节|第|升级[到至]?|更新[到至]?|§|[a-z][\w.-]*\/|[=><~^]=|[~^]>?)["'\s.:：=(§]*$/iu

/** What addresses stand behind. */
const ADDRESS_WORD =
  /(?:\bips?\b|ipv4|address|addr|adresse|host|server|dns|ping|gateway|router|from|client|remote|peer|proxy|subnet|ssh|:\/\/|地址|服务器|主机)[^\n]{0,24}$/u

/** IPv4 addresses. Where all parts are small, as those of versions are, something must say that it is one. */
export const ipv4: Detector = {
  class: 'ipv4',
  find: ({ text, lower }, report) => {
    for (const match of text.matchAll(ADDRESS)) {
      const address = match[0]
      const end = match.index + address.length
      if (NOBODYS.test(address) || PRIVATE_NETWORK.test(text.slice(match.index, end + 4))) continue
      const hasPort = /^:\d{2,5}(?!\d)/.test(text.slice(end, end + 7))
      const front = inFront(lower, match.index)
      const named = hasPort || ADDRESS_WORD.test(front)
      if (hasPort || (!NO_ADDRESS.test(front) && (named || !looksLikeVersion(address)))) report(match.index, end)
    }
  },
}

function looksLikeVersion(address: string): boolean {
  const [first = 0, ...rest] = address.split('.').map(Number)
  const most = Math.max(...rest)
  return (first < 10 && most < 32) || (first < 32 && first !== 10 && most < 10)
}
