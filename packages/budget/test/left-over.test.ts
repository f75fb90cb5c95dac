import { readdir } from 'node:fs/promises'
import { type Alert, type Budgets, callback, createBudgets, fileStore } from '@tokenmeter/budget'
import { expect, test } from 'vitest'
import { spend } from './support/calls.ts'
import { temporaryFolder } from './support/folder.ts'

function budgetsIn(directory: string, tell: (alert: Alert) => unknown): Budgets {
  return createBudgets({
    budgets: [{ name: 'team', limitUsd: '1', period: 'month' }],
    store: { ...fileStore(directory), gatherMs: 60_000 },
    directory,
    notifiers: [callback(tell)],
  })
}

const spentOf = (budgets: Budgets): (bigint | undefined)[] =>
  budgets.standings().map(({ spentPicoUsd }) => spentPicoUsd)

test('what one process leaves at its end the next one counts and tells, once', async () => {
  await using folder = await temporaryFolder()
  const ending = budgetsIn(folder.path, () => Promise.reject(new Error('down')))
  spend(ending, { usd: '0.5' })
  await ending.flush()
  spend(ending, { usd: '0.3' })
  ending.leave()
  expect(ending.isPending).toBe(false)
  expect((await readdir(folder.path)).filter((name) => name.endsWith('.spool'))).toHaveLength(1)
  await ending.close()

  const told: [number | undefined, string][] = []
  const next = [1, 2].map(() => budgetsIn(folder.path, ({ percent, spentUsd }) => told.push([percent, spentUsd])))
  await Promise.all(next.map((budgets) => budgets.flush()))
  await Promise.all(next.map((budgets) => budgets.flush()))
  expect(told.toSorted()).toEqual([
    [50, '0.5'],
    [80, '0.8'],
  ])
  expect(next.map(spentOf)).toEqual([[800_000_000_000n], [800_000_000_000n]])
  await Promise.all(next.map((budgets) => budgets.close()))
  expect((await readdir(folder.path)).filter((name) => !name.endsWith('.json'))).toEqual([])
})

test('a budget that is not there any more has nothing to count', async () => {
  await using folder = await temporaryFolder()
  const ending = budgetsIn(folder.path, () => {})
  spend(ending, { usd: '0.3' })
  ending.leave()
  await ending.close()
  const other = createBudgets({
    budgets: [{ name: 'other', limitUsd: '1', period: 'day' }],
    directory: folder.path,
  })
  await other.flush()
  expect(spentOf(other)).toEqual([0n])
  await other.close()
})
