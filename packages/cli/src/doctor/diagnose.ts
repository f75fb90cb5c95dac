import { type Check, type Finding, skipped } from './check.ts'
import type { Context } from './context.ts'
import { GROUPS } from './groups.ts'
import { NoAnswer } from './http.ts'

/** What a check of a group found. */
export interface Diagnosis extends Finding {
  readonly id: string
  readonly group: string
}

/** Which checks are made. */
export interface Choice {
  /** Names of groups that are left out. */
  readonly without: ReadonlySet<string>
  /** Whether checks may send something. */
  readonly write: boolean
}

/** Makes checks one after the other, and tells each finding as soon as it is there. */
export async function* diagnose(context: Context, choice: Choice): AsyncGenerator<Diagnosis> {
  for (const { name, checks } of GROUPS) {
    if (choice.without.has(name)) continue
    for (const check of checks) {
      if (!isAsked(check, context, choice)) continue
      yield { id: check.id, group: name, ...(await find(check, context)) }
    }
  }
}

function isAsked({ stages, writes }: Check, { stage }: Context, { write }: Choice): boolean {
  return (stage === undefined || stages.includes(stage)) && (write || !writes)
}

/** A server that another check has found out of reach is no second problem. */
async function find(check: Check, context: Context): Promise<Finding> {
  try {
    return await check.run(context)
  } catch (error) {
    if (error instanceof NoAnswer) return skipped(`cannot be told: ${error.message}`)
    return skipped(`cannot be told: the answer is not what was expected (${(error as Error).message})`)
  }
}

/** Names of all groups. */
export const GROUP_NAMES: readonly string[] = GROUPS.map(({ name }) => name)
