import { customDetector } from './custom-pattern.ts'
import { DENIED_KEYS, deniedKeyDetector, deniedKeys } from './denied-keys.ts'
import { DETECTORS } from './detectors/table.ts'
import { DATA_CLASSES } from './finding.ts'
import { assertLinear } from './linear.ts'
import type { Recognise, ScrubOptions, ScrubProblem } from './options.ts'
import { type Replace, replaceBy } from './replacement.ts'
import type { Search } from './scan.ts'

const DEFAULT_TIME_BUDGET_MS = 500
const DEFAULT_RECOGNISE_TIMEOUT_MS = 2_000

/** Options that were checked. */
export interface Settings {
  readonly search: Search
  readonly replace: Replace
  readonly isDenied: (key: string) => boolean
  readonly recognise: Recognise | undefined
  readonly recogniseTimeoutMs: number
  readonly timeBudgetMs: number
  readonly onProblem: ((problem: ScrubProblem) => void) | undefined
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ScrubOptions>([
  'classes',
  'replacement',
  'allow',
  'denyKeys',
  'patterns',
  'finders',
  'recognise',
  'recogniseTimeoutMs',
  'timeBudgetMs',
  'onProblem',
])

/**
 * @throws TypeError naming the first option that is wrong, what it holds and what it must hold.
 */
export function readSettings(options: ScrubOptions): Settings {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw new TypeError(`there is no option ${name}; there are ${[...OPTIONS].join(', ')}`)
  }
  const { replacement, recognise, onProblem } = options
  const isDenied = deniedKeys([...DENIED_KEYS, ...texts('denyKeys', options.denyKeys)])
  const own = list('patterns', options.patterns).map(customDetector)
  const patterns = options.denyKeys?.length ? [deniedKeyDetector(deniedKeys(options.denyKeys)), ...own] : own
  return {
    search: {
      detectors: detectorsFor(options.classes),
      patterns,
      finders: list('finders', options.finders).map((find, index) => ({ find: functionOf(`finders[${index}]`, find) })),
      isAllowed: allowed(list('allow', options.allow)),
    },
    replace: replaceBy(replacement),
    isDenied,
    recognise: recognise && functionOf('recognise', recognise),
    recogniseTimeoutMs: milliseconds('recogniseTimeoutMs', options.recogniseTimeoutMs, DEFAULT_RECOGNISE_TIMEOUT_MS),
    timeBudgetMs: milliseconds('timeBudgetMs', options.timeBudgetMs, DEFAULT_TIME_BUDGET_MS),
    onProblem: onProblem && functionOf('onProblem', onProblem),
  }
}

function detectorsFor(classes: ScrubOptions['classes'] = {}): Search['detectors'] {
  for (const [name, on] of Object.entries(classes)) {
    if (!DATA_CLASSES.some((known) => known === name)) {
      throw new TypeError(`classes.${name} is none; there are ${DATA_CLASSES.join(', ')}`)
    }
    if (typeof on !== 'boolean') throw new TypeError(`classes.${name} must be true or false, got ${typeof on}`)
  }
  return DETECTORS.filter((detector) => classes[detector.class] !== false)
}

function allowed(allow: readonly (string | RegExp)[]): (value: string) => boolean {
  const exact = new Set<string>()
  const patterns: RegExp[] = []
  for (const [index, entry] of allow.entries()) {
    if (typeof entry === 'string') exact.add(entry)
    else if (entry instanceof RegExp) patterns.push(wholeValue(`allow[${index}]`, entry))
    else throw new TypeError(`allow[${index}] must be a text or a RegExp, got ${typeof entry}`)
  }
  if (allow.length === 0) return () => false
  return (value) => exact.has(value) || patterns.some((pattern) => pattern.test(value))
}

function wholeValue(name: string, pattern: RegExp): RegExp {
  assertLinear(name, pattern)
  return new RegExp(`^(?:${pattern.source})$`, pattern.flags.replace(/[gy]/g, ''))
}

function milliseconds(name: string, value: unknown, fallback: number): number {
  if (value === undefined) return fallback
  if (typeof value === 'number' && value > 0) return value
  throw new TypeError(`${name} must be a number of milliseconds above 0, got ${JSON.stringify(value)}`)
}

function list<T>(name: string, value: readonly T[] = []): readonly T[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be a list, got ${typeof value}`)
  return value
}

function texts(name: string, value: readonly string[] | undefined): readonly string[] {
  const wrong = list(name, value).findIndex((entry) => typeof entry !== 'string' || entry === '')
  if (wrong >= 0) throw new TypeError(`${name}[${wrong}] must be a key, got ${JSON.stringify(value?.[wrong])}`)
  return value ?? []
}

function functionOf<T>(name: string, value: T): T {
  if (typeof value !== 'function') throw new TypeError(`${name} must be a function, got ${typeof value}`)
  return value
}
