import { DATA_CLASSES, DENIED_KEY, type Finding } from './finding.ts'
import { assertLinear } from './linear.ts'
import type { CustomPattern } from './options.ts'
import type { OriginalDetector } from './scan.ts'

/**
 * @throws TypeError naming the pattern and what is wrong with it: its name, its speed, or that it matches nothing but emptiness.
 */
export function customDetector({ name, pattern, validate }: CustomPattern, index: number): OriginalDetector {
  const field = `patterns[${index}]`
  if (typeof name !== 'string' || !/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    throw new TypeError(`${field}.name must be lower-case letters, digits and _, got ${JSON.stringify(name)}`)
  }
  if ([...DATA_CLASSES, DENIED_KEY].some((taken) => taken === name)) {
    throw new TypeError(`${field}.name must not be a class that exists, got "${name}"`)
  }
  if (!(pattern instanceof RegExp))
    throw new TypeError(`${field}.pattern ("${name}") must be a RegExp, got ${typeof pattern}`)
  if (validate !== undefined && typeof validate !== 'function') {
    throw new TypeError(`${field}.validate ("${name}") must be a function, got ${typeof validate}`)
  }
  assertLinear(`${field}.pattern ("${name}")`, pattern)
  const global = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
  return {
    find: (text) => {
      const found: Finding[] = []
      for (const match of text.matchAll(global)) {
        const value = match[0]
        if (value === '' || (validate && !validate(value))) continue
        found.push({ class: name, start: match.index, end: match.index + value.length })
      }
      return found
    },
  }
}
