import { type Operation, readApiUsage, type UsageProblem, warnOnce } from '@tokenmeter/meter'
import type { Answer } from '../operations/row.ts'

/** What the usage of an answer says will be charged; what in it cannot be true is said once. */
export function readCharge(operation: Operation, value: unknown): Pick<Answer, 'usage' | 'units' | 'reportedCost'> {
  const read = readApiUsage(value, operation)
  read.problems.forEach(warn)
  return read
}

function warn({ field, problem }: UsageProblem): void {
  warnOnce(
    `usage ${field} ${problem}`,
    problem === 'unusable'
      ? `tokenmeter: the provider sent a ${field} that is no count; it was left out.`
      : `tokenmeter: the provider sent more ${field} than the total it belongs to; it was clamped to the total.`,
  )
}
