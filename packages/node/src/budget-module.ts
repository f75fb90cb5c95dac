import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** The package of budgets, loaded when a setting asks for it: a process without budgets starts without it. */
export const budgetModule = (): typeof import('@tokenmeter/budget') =>
  require('@tokenmeter/budget') as typeof import('@tokenmeter/budget')
