import { looksLikePlaceholder } from '../checks/placeholder.ts'
import type { Detector } from '../scan.ts'
import { KEY_SHAPES } from './key-shapes.ts'

const SOURCES = Object.values(KEY_SHAPES)
  .flat()
  .map(({ source }) => source)

/** All of them at once. None may begin or end within a longer word; a glance at the length passes over most words. */
const KEY = new RegExp(String.raw`(?<![A-Za-z\d])(?=[\w.:/~-]{15})(?:${SOURCES.join('|')})(?![A-Za-z\d])`, 'g')

/** Different characters of a key; `sk_test_aaaaaaaaaaaaaaaa` is none. */
const LEAST_VARIETY = 4

/** Keys of some sixty vendors, told by their shape alone. */
export const apiKey: Detector = {
  class: 'api_key',
  find: ({ text }, report) => {
    for (const match of text.matchAll(KEY)) {
      const key = match[0]
      if (isKey(key)) report(match.index, match.index + key.length)
    }
  },
}

function isKey(key: string): boolean {
  const run = key.slice(key.search(/[-_.]/) + 1)
  return new Set(run).size >= LEAST_VARIETY && !looksLikePlaceholder(run)
}
