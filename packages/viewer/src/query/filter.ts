import { STATUS_CODES } from '../store/dimensions.ts'
import { spanNumbers } from '../store/runs.ts'
import { traceNumber } from '../store/trace-keys.ts'

/** A piece of SQL, with the values of its parameters in order. */
interface Clause {
  readonly sql: string
  readonly values: readonly (string | number)[]
}

/** A condition on `calls`. */
export interface Condition extends Clause {
  /** A query of numbers among which all are that fulfil the condition: an index answers it, so that few are found without looking at every call. */
  readonly among?: Clause
  /** Present where the index of texts answers it. */
  readonly isText?: true
  /** A query of the numbers that fulfil all conditions on texts; quick where `among` are few. */
  readonly texts?: Clause
}

/** Numbers of calls, both included. */
export interface IdBounds {
  readonly low: number
  readonly high: number
}

/** A filter that cannot be understood. The message names the part, and what may stand there. */
export class FilterError extends Error {
  override readonly name = 'FilterError'
}

/** One part of a filter: `model:gpt-*`, `-user:u42`, `cost>0.01`, or a text to search for. */
interface FilterTerm {
  /** Empty for a text to search for. */
  readonly field: string
  readonly operator: ':' | '>' | '>=' | '<' | '<='
  readonly value: string
  readonly isNegated: boolean
}

const TERM = /(-?)(?:([a-z_]+)(:|>=|<=|>|<))?("(?:[^"\\]|\\.)*"|\S+)/gy
const SPACE = /\s*/y

/** Splits a filter into its terms. Values with spaces stand in quotes: `feature:"order status"`. */
function parseFilter(text: string): readonly FilterTerm[] {
  const terms: FilterTerm[] = []
  let at = 0
  for (;;) {
    SPACE.lastIndex = at
    SPACE.exec(text)
    at = SPACE.lastIndex
    if (at >= text.length) return terms
    TERM.lastIndex = at
    const match = TERM.exec(text)
    if (!match) throw new FilterError(`${JSON.stringify(text.slice(at))} is no part of a filter`)
    const [, minus, field = '', operator = ':', value = ''] = match
    terms.push({
      field,
      operator: operator as FilterTerm['operator'],
      value: value.startsWith('"') ? unquoted(value) : value,
      isNegated: minus === '-',
    })
    at = TERM.lastIndex
  }
}

function unquoted(value: string): string {
  return value.length > 1 && value.endsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : value
}

/** Fields that hold a word. */
const WORD_FIELDS: Readonly<Record<string, string>> = {
  model: 'model',
  served: 'response_model',
  provider: 'provider',
  operation: 'operation',
  service: 'service',
  feature: 'feature',
  tenant: 'tenant',
  user: 'user',
  session: 'session',
  prompt: 'prompt',
  unpriced: 'unpriced',
  finish: 'finish_reason',
}

/** Fields that hold a number: the column in the units of the filter. */
const NUMBER_FIELDS: Readonly<Record<string, string>> = {
  cost: 'cost / 1e12',
  input: 'input',
  cached: 'cached',
  output: 'output',
  tokens: '(coalesce(input, 0) + coalesce(output, 0))',
  duration: 'duration / 1e9',
  ttft: 'first_chunk / 1e9',
  attempts: 'attempts',
  chunks: 'chunks',
}

/** Every field that a filter may name, for help and errors. */
const FILTER_FIELDS: readonly string[] = [
  'status',
  'error',
  'trace',
  ...Object.keys(WORD_FIELDS),
  ...Object.keys(NUMBER_FIELDS),
]

/**
 * The conditions of a filter: all of them must hold. Those that the index of texts answers stand last, because they take longest.
 *
 * @param ids the calls that are looked at: then the index of texts is asked for no others.
 * @throws FilterError naming the part that is wrong.
 */
export function conditionsOf(filter: string, ids?: IdBounds): readonly Condition[] {
  const terms = parseFilter(filter)
  const texts = terms.filter(isIndexed)
  const others = terms.filter((term) => !isIndexed(term)).map((term) => negatable(term, conditionOf(term)))
  return [...others, ...searchFor(texts, ids)]
}

function negatable({ isNegated }: FilterTerm, condition: Condition): Condition {
  return isNegated ? { sql: `NOT coalesce(${condition.sql}, 0)`, values: condition.values } : condition
}

function conditionOf({ field, operator, value }: FilterTerm): Condition {
  if (field === '') return looksFor(value)
  const word = WORD_FIELDS[field]
  if (word !== undefined && operator === ':') return matchesWord(word, value)
  const number = NUMBER_FIELDS[field]
  if (number !== undefined) return compares(field, number, operator, value)
  if (field === 'status' && operator === ':') return hasStatus(value)
  if (field === 'error' && operator === ':') return failedBy(value)
  if (field === 'trace' && operator === ':') {
    const { sql: trace, values } = traceNumber(value.toLowerCase())
    return { sql: `trace = ${trace}`, values, among: { sql: spanNumbers(`runs.trace = ${trace}`), values } }
  }
  if (FILTER_FIELDS.includes(field)) throw new FilterError(`${field} is compared by ${field}:…, not by ${operator}`)
  throw new FilterError(`There is no field ${field}; there is ${FILTER_FIELDS.join(', ')}`)
}

/** `gpt-*` matches by its beginning, `none` what has no such word. */
function matchesWord(column: string, value: string): Condition {
  if (value === 'none') return { sql: `${column} IS NULL`, values: [] }
  if (!value.includes('*')) return isWord(column, value)
  if (/^\*+$/.test(value)) return { sql: `${column} IS NOT NULL`, values: [] }
  // In a GLOB only the star is to be special.
  const pattern = value.replaceAll(/[[?]/g, (special) => `[${special}]`)
  // Call by call: of sessions that fit there may be a hundred thousand.
  return { sql: `(SELECT word FROM words WHERE words.id = ${column}) GLOB ?`, values: [pattern] }
}

function isWord(column: string, value: string): Condition {
  const condition = { sql: `${column} = (SELECT id FROM words WHERE word = ?)`, values: [value] }
  // Other columns have no index, but then, no call has a word that is not known.
  const among = column === 'session' ? condition.sql : 'EXISTS (SELECT 1 FROM words WHERE word = ?)'
  return { ...condition, among: { sql: `SELECT id FROM calls WHERE ${among}`, values: [value] } }
}

function compares(field: string, column: string, operator: FilterTerm['operator'], value: string): Condition {
  const number = Number(value)
  if (value.trim() === '' || Number.isNaN(number)) {
    throw new FilterError(`${field} is compared with a number, as in ${field}>1, not with ${JSON.stringify(value)}`)
  }
  return { sql: `${column} ${operator === ':' ? '=' : operator} ?`, values: [number] }
}

function hasStatus(value: string): Condition {
  if (!Object.hasOwn(STATUS_CODES, value)) {
    throw new FilterError(`There is no status ${value}; there is ${Object.keys(STATUS_CODES).join(', ')}`)
  }
  return { sql: 'status = ?', values: [STATUS_CODES[value as keyof typeof STATUS_CODES]] }
}

/** `error:429` is what was refused for a quota, whatever the provider calls it; `error:*` whatever failed. */
function failedBy(value: string): Condition {
  if (value === '429') return { sql: '(status = ? OR rate_limit_hits > 0)', values: [STATUS_CODES.rate_limit] }
  if (value === '*') return { sql: 'status IN (?, ?)', values: [STATUS_CODES.error, STATUS_CODES.rate_limit] }
  return matchesWord('error_type', value)
}

/** A trigram index finds nothing shorter. */
const SHORTEST_INDEXED = 3

const isIndexed = ({ field, value }: FilterTerm): boolean => field === '' && [...value].length >= SHORTEST_INDEXED

function looksFor(text: string): Condition {
  const sql = "(SELECT body FROM bodies WHERE bodies.id = calls.id) LIKE ? ESCAPE '\\'"
  return { sql, values: [`%${escapeLike(text)}%`] }
}

/** All wanted texts are one question: the index goes from one rare piece to the next then, and leaves out the common ones. */
function searchFor(terms: readonly FilterTerm[], ids: IdBounds | undefined): readonly Condition[] {
  const found = 'FROM content WHERE content MATCH ?'
  const bounds = ids ? ` AND rowid BETWEEN ${ids.low} AND ${ids.high}` : ''
  const phrases = (areNegated: boolean): readonly string[] =>
    terms.filter(({ isNegated }) => isNegated === areNegated).map(({ value }) => phraseOf(value))
  const [wanted, unwanted] = [phrases(false), phrases(true)]
  const conditions: Condition[] = []
  if (wanted.length > 0) {
    const numbers = (expression: string): Clause => ({ sql: `SELECT rowid AS id ${found}`, values: [expression] })
    const all = wanted.join(' AND ')
    const [among, texts] = [numbers(all), numbers([all, ...unwanted].join(' NOT '))]
    conditions.push({ sql: `id IN (SELECT rowid ${found}${bounds})`, values: [all], isText: true, among, texts })
  }
  if (unwanted.length > 0) {
    // Apart, because within one question the index would look for the first call that fits beyond all bounds.
    const sql = `id NOT IN (SELECT rowid ${found}${bounds})`
    conditions.push({ sql, values: [unwanted.join(' OR ')], isText: true })
  }
  return conditions
}

/** In quotes, whatever is in a text stands for itself. */
const phraseOf = (text: string): string => `"${text.replaceAll('"', '""')}"`

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`)
}
