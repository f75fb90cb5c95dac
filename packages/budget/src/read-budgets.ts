import { readFileSync, statSync } from 'node:fs'
import { type Fields, FieldReader, type Kind, list, text } from '@tokenmeter/meter'
import type { AccountRules } from './account-state.ts'
import type { BudgetMode, BudgetOptions, Dimension, StoreSettings } from './budget-settings.ts'
import type { CostWatchRules } from './cost-watch.ts'
import { amount, oneOf, positive } from './field-kinds.ts'
import { DEFAULT_DIRECTORY, fileStore } from './file-store.ts'
import { isTimeZone } from './local-calendar.ts'
import { memoryStore } from './memory-store.ts'
import { readMonitor } from './monitor-settings.ts'
import { readNotifier } from './notifier-settings.ts'
import type { Notifier } from './notify/notifier.ts'
import { readSecret, type SecretSource } from './notify/secret.ts'
import { createPeriod, PERIOD_FORM, type PeriodClock } from './period.ts'
import { redisStoreAt } from './redis-connection.ts'
import type { BudgetStore } from './store.ts'
import { picoFromDecimal } from './usd.ts'

/** Settings of budgets that cannot be used. The message names every wrong field, what it holds and what it must hold. */
export class BudgetSettingsError extends Error {
  override readonly name = 'BudgetSettingsError'
  /** One line for each wrong field. */
  readonly problems: readonly string[]

  constructor(origin: string, problems: readonly string[]) {
    super(`${origin} cannot be used:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
    this.problems = problems
  }
}

/** A budget whose settings have been read. */
export interface BudgetRules extends AccountRules {
  readonly name: string
  readonly match: readonly (readonly [Dimension, string])[]
  readonly per: Dimension | undefined
  readonly mode: BudgetMode
  readonly throttleMs: number
  readonly unbounded: 'admit' | 'block' | bigint
}

/** All settings, read. */
export interface BudgetPlan {
  readonly budgets: readonly BudgetRules[]
  readonly notifiers: readonly Notifier[]
  readonly store: BudgetStore
  /** Where to leave what cannot be brought to its end. */
  readonly directory: string | undefined
  readonly blocksOnStoreFailure: boolean
  readonly storeTimeoutMs: number
  readonly monitor: CostWatchRules | undefined
}

/** A file of settings has a few lines. */
const MOST_BYTES = 1024 * 1024

/**
 * Reads what a person wrote about budgets: the path of a JSON file, a list of budgets, or all options.
 *
 * @throws BudgetSettingsError when there is no such file, when it is no JSON, or naming every field that is wrong.
 */
export function readBudgets(value: unknown): BudgetOptions {
  const origin = typeof value === 'string' ? value : 'the option budgets'
  const given = typeof value === 'string' ? jsonOf(value) : value
  const options = Array.isArray(given) ? { budgets: given as unknown[] } : given
  planBudgets(options, origin)
  return options as BudgetOptions
}

function jsonOf(path: string): unknown {
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error(`it has more than ${MOST_BYTES} bytes`)
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new BudgetSettingsError(path, [error instanceof Error ? error.message : String(error)])
  }
}

const OPTIONS = ['budgets', 'notifiers', 'store', 'directory', 'onStoreFailure', 'storeTimeoutSeconds', 'monitor']

/**
 * @param origin what the error calls it.
 * @throws BudgetSettingsError naming every field that is wrong.
 */
export function planBudgets(options: unknown, origin: string): BudgetPlan {
  const reader = new FieldReader()
  const fields = reader.object('', options, OPTIONS) ?? {}
  const budgets = reader
    .optional('budgets', fields['budgets'], list)
    ?.map((budget, index) => readBudget(reader, `budgets[${index}]`, budget))
  const notifiers = reader
    .optional('notifiers', fields['notifiers'], list)
    ?.map((notifier, index) => readNotifier(reader, `notifiers[${index}]`, notifier))
  const directory = reader.optional('directory', fields['directory'], text)
  const store = readStore(reader, fields['store'], directory ?? DEFAULT_DIRECTORY)
  const onStoreFailure = reader.optional('onStoreFailure', fields['onStoreFailure'], oneOf('admit', 'block'))
  const storeTimeout = reader.optional('storeTimeoutSeconds', fields['storeTimeoutSeconds'], positive) ?? 2
  const monitor = fields['monitor'] === undefined ? undefined : readMonitor(reader, 'monitor', fields['monitor'])
  if (budgets === undefined && monitor === undefined && reader.problems.length === 0)
    reader.read('budgets', undefined, list)
  const names = (budgets ?? []).map((budget) => budget?.name)
  refuseTwice(reader, 'budgets', names)
  refuseTwice(reader, 'notifiers', notifiers?.map((notifier) => notifier?.name) ?? [])
  if (reader.problems.length > 0) throw new BudgetSettingsError(origin, reader.problems)
  return {
    budgets: (budgets ?? []) as BudgetRules[],
    notifiers: (notifiers ?? []) as Notifier[],
    store,
    directory: directory ?? (store.coverage === 'process' ? undefined : DEFAULT_DIRECTORY),
    blocksOnStoreFailure: onStoreFailure === 'block',
    storeTimeoutMs: storeTimeout * 1000,
    monitor,
  }
}

function refuseTwice(reader: FieldReader, path: string, names: readonly (string | undefined)[]): void {
  for (const [index, name] of names.entries()) {
    if (name !== undefined && names.indexOf(name) < index) {
      reader.problems.push(
        `${path}[${index}].name must be unique, and "${name}" is the name of ${path}[${names.indexOf(name)}]`,
      )
    }
  }
}

const BUDGET_FIELDS = [
  'name',
  'limitUsd',
  'period',
  'timeZone',
  'match',
  'per',
  'thresholds',
  'mode',
  'throttleSeconds',
  'unbounded',
]
const DIMENSIONS = ['tenant', 'feature', 'user', 'model'] as const satisfies readonly Dimension[]

const budgetName: Kind<string> = {
  // With `per`, the name of an account is the budget's, a slash, and the tenant's.
  expected: 'a text that is not empty and has no "/"',
  parse: (value) => (typeof value === 'string' && value.trim() !== '' && !value.includes('/') ? value : undefined),
}
const dimension = oneOf(...DIMENSIONS)
const mode = oneOf('warn', 'throttle', 'block')
const timeZone: Kind<string> = {
  expected: 'the IANA name of a time zone, such as "Europe/Berlin"',
  parse: (value) => (isTimeZone(value) ? value : undefined),
}
const thresholds: Kind<readonly number[]> = {
  expected: 'whole percents of the limit from 1 to 1000, such as [50, 80, 100]',
  parse: (value) =>
    Array.isArray(value) && value.every((percent) => Number.isInteger(percent) && percent > 0 && percent <= 1000)
      ? [...new Set(value as number[])].sort((a, b) => a - b)
      : undefined,
}
const unbounded: Kind<'admit' | 'block' | bigint> = {
  expected: '"admit", "block", or an amount in USD to set aside, such as "0.50"',
  parse: (value) => (value === 'admit' || value === 'block' ? value : picoFromDecimal(value) || undefined),
}

function readBudget(reader: FieldReader, path: string, value: unknown): BudgetRules | undefined {
  const fields = reader.object(path, value, BUDGET_FIELDS)
  if (!fields) return undefined
  const at = (name: string): string => `${path}.${name}`
  const name = reader.read(at('name'), fields['name'], budgetName)
  const limitPicoUsd = reader.read(at('limitUsd'), fields['limitUsd'], amount)
  const clock = readPeriod(reader, path, fields)
  const rules = {
    match: readMatch(reader, at('match'), fields['match']),
    per: reader.optional(at('per'), fields['per'], dimension),
    thresholds: reader.optional(at('thresholds'), fields['thresholds'], thresholds) ?? [50, 80, 100],
    mode: reader.optional(at('mode'), fields['mode'], mode) ?? 'warn',
    throttleMs: (reader.optional(at('throttleSeconds'), fields['throttleSeconds'], positive) ?? 10) * 1000,
    unbounded: reader.optional(at('unbounded'), fields['unbounded'], unbounded) ?? 'admit',
  }
  if (name === undefined || limitPicoUsd === undefined || clock === undefined) return undefined
  return { name, limitPicoUsd, clock, ...rules }
}

function readPeriod(reader: FieldReader, path: string, fields: Fields): PeriodClock | undefined {
  const zone = reader.optional(`${path}.timeZone`, fields['timeZone'], timeZone) ?? 'UTC'
  return reader.read(`${path}.period`, fields['period'], {
    expected: PERIOD_FORM,
    parse: (value) => createPeriod(value, zone),
  })
}

function readMatch(reader: FieldReader, path: string, value: unknown): BudgetRules['match'] {
  const fields = value === undefined ? {} : (reader.object(path, value, DIMENSIONS) ?? {})
  return DIMENSIONS.flatMap((name) => {
    const wanted = reader.optional(`${path}.${name}`, fields[name], text)
    return wanted === undefined ? [] : [[name, wanted] as const]
  })
}

function readStore(reader: FieldReader, value: unknown, directory: string): BudgetStore {
  if (value === undefined || value === 'file') return fileStore(directory)
  if (value === 'memory') return memoryStore()
  if (isStore(value)) return value
  const redis = (value as { readonly redis?: string | SecretSource } | null)?.redis
  if (isPlace(redis)) {
    try {
      return redisStoreAt(readSecret('store.redis', redis))
    } catch (error) {
      reader.problems.push((error as Error).message)
      return memoryStore()
    }
  }
  // Not what it holds: that may be an address with a password in it.
  reader.problems.push(
    'store must be "file", "memory", { redis: "redis://localhost:6379" }, { redis: { env: "REDIS_URL" } }, or what fileStore(), memoryStore() or redisStore() returns',
  )
  return memoryStore()
}

const isStore = (value: unknown): value is Exclude<StoreSettings, string | { readonly redis: unknown }> =>
  typeof (value as Partial<BudgetStore> | null)?.update === 'function'

function isPlace(value: unknown): value is string | SecretSource {
  if (typeof value === 'string') return value !== ''
  const { env, file } = (value ?? {}) as { readonly env?: unknown; readonly file?: unknown }
  return typeof env === 'string' || typeof file === 'string'
}
