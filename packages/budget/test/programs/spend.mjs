import { callback, createBudgets, fileStore } from '@tokenmeter/budget'

/** Makes 25 calls of 0.01 USD, written one by one, and prints the alerts. */
const store = { ...fileStore(process.argv[2]), gatherMs: 0 }
const budgets = createBudgets({
  budgets: [{ name: 'team', limitUsd: '1', period: 'month' }],
  store,
  directory: process.argv[2],
  notifiers: [callback(({ percent, spentUsd }) => console.log(`${percent} % at ${spentUsd}`))],
})
const call = { request: {}, cost: { picoUsd: 10_000_000_000n } }
for (let n = 0; n < 25; n++) {
  budgets.admit(call, undefined).ended(call)
  await budgets.flush()
}
await budgets.close()
