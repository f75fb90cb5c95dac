import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BudgetMonitor, BudgetSettingsError, createBudgets, readBudgets } from '@tokenmeter/budget'
import { expect, test, vi } from 'vitest'
import { temporaryFolder } from './support/folder.ts'

const TEAM = { name: 'team', limitUsd: '50', period: 'month' } as const

function problemsOf(value: unknown): readonly string[] {
  try {
    readBudgets(value)
    return []
  } catch (error) {
    if (!(error instanceof BudgetSettingsError)) throw error
    return error.problems
  }
}

test('a list of budgets, options, and a file with options are read', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'budgets.json')
  await writeFile(file, JSON.stringify({ budgets: [TEAM], store: 'memory' }))
  expect(readBudgets([TEAM])).toEqual({ budgets: [TEAM] })
  expect(readBudgets({ budgets: [TEAM] })).toEqual({ budgets: [TEAM] })
  expect(readBudgets(file)).toEqual({ budgets: [TEAM], store: 'memory' })
})

test('every wrong field is named, with what it holds and what it must hold', () => {
  const wrong = {
    name: 'a/b',
    limitUsd: 50,
    period: '99d',
    timeZone: 'Berlin',
    match: { tenat: 'acme', model: 7 },
    per: 'team',
    thresholds: [0.5],
    mode: 'stop',
    throttleSeconds: -1,
    unbounded: 'never',
    limit: 3,
  }
  expect(problemsOf({ budgets: [wrong], colour: 'red', onStoreFailure: 'panic' })).toEqual([
    'colour is not a field; there is: budgets, notifiers, store, directory, onStoreFailure, storeTimeoutSeconds, monitor',
    'budgets[0].limit is not a field; there is: name, limitUsd, period, timeZone, match, per, thresholds, mode, throttleSeconds, unbounded',
    'budgets[0].name must be a text that is not empty and has no "/", got "a/b"',
    'budgets[0].limitUsd must be an amount in USD above 0 as a decimal in quotes, such as "50" or "0.25", got 50',
    'budgets[0].timeZone must be the IANA name of a time zone, such as "Europe/Berlin", got "Berlin"',
    'budgets[0].period must be "day", "month", or a window of up to 31 days such as "24h" or "7d", got "99d"',
    'budgets[0].match.tenat is not a field; there is: tenant, feature, user, model',
    'budgets[0].match.model must be a text that is not empty, got 7',
    'budgets[0].per must be "tenant" or "feature" or "user" or "model", got "team"',
    'budgets[0].thresholds must be whole percents of the limit from 1 to 1000, such as [50, 80, 100], got [0.5]',
    'budgets[0].mode must be "warn" or "throttle" or "block", got "stop"',
    'budgets[0].throttleSeconds must be a number above 0, up to 1000000, got -1',
    'budgets[0].unbounded must be "admit", "block", or an amount in USD to set aside, such as "0.50", got "never"',
    'onStoreFailure must be "admit" or "block", got "panic"',
  ])
})

test('two budgets, or two notifiers, must not have one name', () => {
  vi.stubEnv('SLACK_URL', 'https://hooks.slack.com/services/T/B/x')
  const slack = { type: 'slack', urlEnv: 'SLACK_URL' }
  expect(problemsOf({ budgets: [TEAM, TEAM], notifiers: [slack, slack] })).toEqual([
    'budgets[1].name must be unique, and "team" is the name of budgets[0]',
    'notifiers[1].name must be unique, and "slack" is the name of notifiers[0]',
  ])
  vi.unstubAllEnvs()
})

test('notifiers are read, and what is wrong with them is said without their secrets', () => {
  vi.stubEnv('HOOK', 'not an address, but geheim')
  const notifiers = [
    { type: 'fax' },
    { type: 'webhook' },
    { type: 'webhook', urlEnv: 'HOOK' },
    { type: 'webhook', url: 'https://example.com', secretEnv: 'NO_SUCH' },
    { type: 'slack', url: 'https://hooks.slack.com/services/geheim' },
    { type: 'email', host: 'localhost', to: 'me@example.com', from: 'me@example.com', passwordFile: '/no/such' },
    { type: 'email', port: 0 },
    null,
  ]
  const problems = problemsOf({ budgets: [TEAM], notifiers })
  const types = '"webhook", "slack", "email", or what callback(), webhook(), slack() or email() returns'
  expect(problems).toEqual([
    `notifiers[0].type must be ${types}, got "fax"`,
    'notifiers[1] needs url, urlEnv or urlFile',
    'notifiers[2].url must be an address such as https://example.com/hook',
    'notifiers[3].secret: the variable NO_SUCH is empty or missing',
    'notifiers[4].url is not a field; there is: type, name, urlEnv, urlFile',
    'notifiers[4] needs urlEnv or urlFile: whoever knows the address can write into the channel',
    'notifiers[5].password: the file /no/such cannot be read (ENOENT)',
    'notifiers[6].host must be a text that is not empty, got nothing',
    'notifiers[6].from must be a text that is not empty, got nothing',
    'notifiers[6].to must be a text that is not empty, got nothing',
    'notifiers[6].port must be a whole number from 1 to 65535, got 0',
    `notifiers[7].type must be ${types}, got nothing`,
  ])
  expect(problems.join()).not.toContain('geheim')
  vi.unstubAllEnvs()
})

test('a store that is none is refused, and an address with a password is not shown', () => {
  const form =
    'store must be "file", "memory", { redis: "redis://localhost:6379" }, { redis: { env: "REDIS_URL" } }, or what fileStore(), memoryStore() or redisStore() returns'
  expect(problemsOf({ budgets: [TEAM], store: 'redis://:geheim@localhost' })).toEqual([form])
  expect(problemsOf({ budgets: [TEAM], store: { redis: 'http://:geheim@localhost' } })).toEqual([
    'store.redis must be an address such as redis://localhost:6379',
  ])
  expect(problemsOf({ budgets: [TEAM], store: { redis: { env: 'NO_SUCH' } } })).toEqual([
    'store.redis: the variable NO_SUCH is empty or missing',
  ])
})

test('a file that is not there, or no JSON, is told by its name', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'budgets.json')
  expect(() => readBudgets(file)).toThrow(`${file} cannot be used:\n  ENOENT: no such file or directory`)
  await writeFile(file, '{')
  expect(() => readBudgets(file)).toThrow(`${file} cannot be used:\n  Expected property name`)
})

test('options without a budget and without a monitor are a mistake', () => {
  expect(problemsOf({})).toEqual(['budgets must be a list, got nothing'])
  expect(problemsOf('')).toHaveLength(1)
  expect(problemsOf({ monitor: { totalUsd: '1' } })).toEqual([])
})

test('a monitor has its settings checked as well', () => {
  const settings = { totalUsd: 1, window: 1, trendFactor: 0, notifiers: [] }
  const make = (): unknown => new BudgetMonitor(settings as never)
  expect(make).toThrow(
    new BudgetSettingsError('the options of BudgetMonitor', [
      'totalUsd must be an amount in USD above 0 as a decimal in quotes, such as "50" or "0.25", got 1',
      'window must be a whole number from 2 to 100000, got 1',
      'trendFactor must be a number above 0, up to 1000000, got 0',
    ]),
  )
  expect(() => createBudgets({ budgets: [{ ...TEAM, limitUsd: '0' }] })).toThrow(/budgets\[0\]\.limitUsd must be/)
})
