/** What decides about the suffix of a metric, besides its unit. */
export type MetricKind = 'counter' | 'gauge' | 'other'

/** Units that Prometheus spells out. All others are kept as they are written, as the translator does. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

/** Units behind a slash, in the singular. */
const PER_UNITS: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

const INVALID = /[^a-zA-Z0-9:]+/g

/**
 * The name under which Prometheus' own OTLP endpoint and the Collector store a metric: the strategy
 * `UnderscoreEscapingWithSuffixes` of github.com/prometheus/otlptranslator 1.0.0, their default. With it a metric has the same
 * name whether it was pulled from `/metrics` or pushed.
 *
 * @param unit UCUM unit of the instrument; annotations in braces leave no trace.
 */
export function prometheusName(name: string, unit: string, kind: MetricKind): string {
  let tokens = name.split(INVALID).filter(Boolean)
  const [main = '', per = ''] = splitUnit(unit)
  const perSuffix = cleanUnit(perUnit(per)).replace(/_$/, '')
  let mainSuffix = cleanUnit(unitWord(main, UNITS))
  if (tokens.includes(mainSuffix)) mainSuffix = ''
  if (perSuffix) mainSuffix = mainSuffix.replace(/_$/, '')
  tokens.push(...[mainSuffix, perSuffix].filter(Boolean))
  if (kind === 'counter') tokens = [...tokens.filter((token) => token !== 'total'), 'total']
  if (kind === 'gauge' && unit === '1') tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio']
  const joined = tokens.join('_')
  return /^[0-9]/.test(joined) ? `_${joined}` : joined
}

function splitUnit(unit: string): string[] {
  const slash = unit.indexOf('/')
  return slash < 0 ? [unit] : [unit.slice(0, slash), unit.slice(slash + 1)]
}

function unitWord(unit: string, words: ReadonlyMap<string, string>): string {
  const trimmed = unit.trim()
  return /[{}]/.test(trimmed) ? '' : (words.get(trimmed) ?? trimmed)
}

function perUnit(unit: string): string {
  const word = unitWord(unit, PER_UNITS)
  return /[a-zA-Z0-9:]/.test(word) ? `per_${word}` : ''
}

const cleanUnit = (word: string): string => word.replace(INVALID, '_').replace(/^_/, '')
