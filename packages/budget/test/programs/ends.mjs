import { BudgetMonitor, callback, createBudgets } from '@tokenmeter/budget'

const monitor = new BudgetMonitor({ totalUsd: '1', notifiers: [callback(() => {})] })
createBudgets({ store: 'memory', budgets: [{ name: 'team', limitUsd: '1', period: 'day', mode: 'block' }] })
monitor.recordCost('0.1')
console.log('the end')
