import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { type Alert, type BudgetOptions, createBudgets, webhook } from '@tokenmeter/budget'
import { expect, test } from 'vitest'
import { startOpenAIServer } from './support/openai-server.ts'
import { ourLines, programPath, run, runRegistered } from './support/run.ts'

/** A folder with a file of budgets, that are kept there. */
interface Folder extends AsyncDisposable {
  readonly path: string
  readonly file: string
}

async function folderWith(settings: object): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'budgets-'))
  const file = join(path, 'budgets.json')
  await writeFile(file, JSON.stringify({ directory: join(path, 'kept'), storeTimeoutSeconds: 30, ...settings }))
  return { path, file, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) }
}

interface AlertServer extends AsyncDisposable {
  readonly url: string
  readonly alerts: readonly Alert[]
}

async function alertServer(): Promise<AlertServer> {
  const alerts: Alert[] = []
  const server = createServer((request, response) => {
    void json(request).then((alert) => {
      alerts.push(alert as Alert)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    alerts,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A call costs 0.0000045 USD: 10 tokens at 0.15 USD a million, 5 at 0.6. */
const TEAM = { name: 'team', limitUsd: '0.000009', period: 'month', thresholds: [50, 100] } as const

const env = (baseURL: string, file: string): Record<string, string> => ({
  OPENAI_BASE_URL: baseURL,
  TOKENMETER_OTLP: 'off',
  TOKENMETER_BUDGETS: file,
})

/** What the next process finds: it has all the time that it needs. */
async function succeed({ path }: Folder, notifiers: BudgetOptions['notifiers'] = []): Promise<bigint[]> {
  const budgets = createBudgets({ budgets: [TEAM], directory: join(path, 'kept'), notifiers })
  await budgets.flush(60_000)
  const spent = budgets.standings().map(({ spentPicoUsd }) => spentPicoUsd)
  await budgets.close()
  return spent
}

test.each(['natural', 'exit', 'exitCode', 'throws', 'rejects', 'beforeExit', 'SIGTERM', 'SIGINT', 'handledWithExit'])(
  'what a program that ends by %s has spent is counted, and its alert arrives, at the latest with the next one',
  async (ending) => {
    await using openai = await startOpenAIServer()
    await using server = await alertServer()
    await using folder = await folderWith({ budgets: [TEAM], notifiers: [{ type: 'webhook', url: server.url }] })
    await runRegistered('ending.mjs', [ending], env(openai.baseURL, folder.file))
    expect(await succeed(folder, [webhook({ url: server.url })])).toEqual([4_500_000n])
    // One that was under way when the process ended comes twice, and has the same id.
    const alerts = new Map(server.alerts.map(({ id, percent }) => [id, percent]))
    expect([...alerts.values()]).toEqual([50])
    const names = await readdir(join(folder.path, 'kept'))
    expect(names.filter((name) => name.endsWith('.spool'))).toEqual([])
  },
)

test('a notifier that never answers does not keep a program, and its alert is left to the next one', async () => {
  await using openai = await startOpenAIServer()
  await using silent = await silentServer()
  await using folder = await folderWith({ budgets: [TEAM], notifiers: [{ type: 'webhook', url: silent.url }] })
  const outcome = await runRegistered('ending.mjs', ['natural'], env(openai.baseURL, folder.file))
  expect(outcome).toMatchObject({ code: 0, stdout: 'Hello.\n' })
  const names = await readdir(join(folder.path, 'kept'))
  expect(names.filter((name) => name.endsWith('.spool'))).toHaveLength(1)
})

async function silentServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(() => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('a budget that blocks refuses the call that has no room left, and the gauges say how it stands', async () => {
  await using openai = await startOpenAIServer()
  await using folder = await folderWith({ budgets: [{ ...TEAM, limitUsd: '0.0000045', mode: 'block' }] })
  const outcome = await runRegistered('budgets.mjs', [], env(openai.baseURL, folder.file))
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  expect(outcome.stdout.split('\n')).toEqual([
    'Hello.',
    'BudgetExceededError budget_exceeded 0.0000045 0.0000045',
    'ai_budget_spent_usd{budget="team",period="month"} 0.0000045',
    'ai_budget_limit_usd{budget="team",period="month"} 0.0000045',
    '',
  ])
})

test('parallel calls that could cost more than is left are refused before they leave', async () => {
  await using openai = await startOpenAIServer()
  // A call may cost from 0.0006 USD, 1000 output tokens, to 0.0007; it costs 0.0000045.
  await using folder = await folderWith({ budgets: [{ ...TEAM, limitUsd: '0.003', mode: 'block' }] })
  const outcome = await runRegistered('parallel.mjs', [], env(openai.baseURL, folder.file))
  expect(outcome).toMatchObject({ code: 0, stderr: '', stdout: '5\n25\n' })
  expect(await succeed(folder)).toEqual([5n * 4_500_000n])
})

test('the package of budgets is loaded where there are some, and the one that scrubs when something is about to leave', async () => {
  await using folder = await folderWith({ budgets: [TEAM] })
  const args = ['--conditions=source', programPath('loads.mjs')]
  expect(await run(args, {})).toMatchObject({ stdout: 'instrumentation-openai meter node pricing\n', stderr: '' })
  const withBudgets = await run(args, { TOKENMETER_BUDGETS: folder.file })
  expect(withBudgets).toMatchObject({ stdout: 'budget instrumentation-openai meter node pricing\n', stderr: '' })
})

test('wrong budgets are told with field, value and fix, and the program goes on without them', async () => {
  await using openai = await startOpenAIServer()
  await using folder = await folderWith({ budgets: [{ name: 'team', limitUsd: 50, period: 'week' }] })
  const outcome = await runRegistered('ending.mjs', ['natural'], env(openai.baseURL, folder.file))
  expect(outcome.stdout).toBe('Hello.\n')
  expect(ourLines(outcome)).toEqual([
    `tokenmeter: budgets: TOKENMETER_BUDGETS: ${folder.file} cannot be used: ` +
      'budgets[0].limitUsd must be an amount in USD above 0 as a decimal in quotes, such as "50" or "0.25", got 50; ' +
      'budgets[0].period must be "day", "month", or a window of up to 31 days such as "24h" or "7d", got "week"; ' +
      'going on with nothing',
  ])
})
