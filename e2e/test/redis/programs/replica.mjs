import { callback, createBudgets } from '@tokenmeter/budget'

/**
 * One replica: makes 40 calls at once, of which each may cost up to 0.05 USD and costs 0.04, and prints a line for each call that left and for each alert.
 */
const [, , url] = process.argv
const budgets = createBudgets({
  budgets: [{ name: 'team', limitUsd: '1', period: 'month', mode: 'block' }],
  store: { redis: url },
  storeTimeoutSeconds: 30,
  notifiers: [callback(({ percent, spentUsd }) => console.log(`alert ${percent} at ${spentUsd}`))],
})
const request = { body: {}, signal: undefined, upperBound: () => '0.05' }
const call = { request: {}, cost: { picoUsd: 40_000_000_000n } }
const make = async () => {
  const admission = budgets.admit(call, request)
  if (await admission.refusal) return admission.ended({ request: {} })
  console.log('left')
  admission.ended(call)
}
await Promise.all(Array.from({ length: 40 }, make))
await budgets.flush(10_000)
