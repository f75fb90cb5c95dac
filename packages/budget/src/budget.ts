import type { Call, CallStart } from '@tokenmeter/meter'
import { Account, type AccountSurroundings } from './account.ts'
import type { Dimension } from './budget-settings.ts'
import type { BudgetRules } from './read-budgets.ts'

/** Who and what a call is for, as budgets tell calls apart. */
type Facts = Readonly<Partial<Record<Dimension, string | undefined>>>

function factsOf(call: CallStart & Partial<Pick<Call, 'response'>>): Facts {
  const { tenant, feature, user } = call.attribution ?? {}
  // As in the `model` label: what was asked for, and where nothing was, what answered.
  return { tenant, feature, user, model: call.request.model ?? call.response?.model }
}

/** What a budget needs from those around it. */
export interface BudgetSurroundings extends Omit<AccountSurroundings, 'onCrossed'> {
  readonly onCrossed: (budget: Budget, ...crossed: Parameters<AccountSurroundings['onCrossed']>) => void
}

/** One budget with its accounts: a single one, or with `per` one for each tenant, feature, user or model. */
export class Budget {
  readonly rules: BudgetRules
  readonly #around: AccountSurroundings
  /** By the tenant, feature …; the single one by the empty text. */
  readonly #accounts = new Map<string, Account>()

  constructor(rules: BudgetRules, around: BudgetSurroundings) {
    this.rules = rules
    this.#around = { ...around, onCrossed: (...crossed) => around.onCrossed(this, ...crossed) }
    if (rules.per === undefined) this.#accountOf('')
  }

  /** The account in which a call counts, if it does in this budget. */
  accountFor(call: CallStart): Account | undefined {
    const facts = factsOf(call)
    const { match, per } = this.rules
    if (!match.every(([dimension, wanted]) => facts[dimension] === wanted)) return undefined
    if (per === undefined) return this.#accountOf('')
    const value = facts[per]
    return value === undefined ? undefined : this.#accountOf(value)
  }

  /** Whose account it is, for a budget with `per`. */
  holderOf(account: Account): string | undefined {
    return this.rules.per === undefined ? undefined : account.key.slice(this.rules.name.length + 1)
  }

  accounts(): IterableIterator<Account> {
    return this.#accounts.values()
  }

  /** The account that the store knows by this key, if it is one of this budget's. */
  accountByKey(key: string): Account | undefined {
    const { name, per } = this.rules
    if (per === undefined) return key === name ? this.#accountOf('') : undefined
    return key.startsWith(`${name}/`) ? this.#accountOf(key.slice(name.length + 1)) : undefined
  }

  /** Lets go of accounts that are not active, of which there may be any number; `isKept` says which to keep. */
  forgetIdle(time: number, isKept: (account: Account) => boolean): void {
    if (this.rules.per === undefined) return
    for (const [value, account] of this.#accounts) {
      if (account.isIdleSince(time) && !isKept(account)) this.#accounts.delete(value)
    }
  }

  #accountOf(value: string): Account {
    let account = this.#accounts.get(value)
    if (!account) {
      const { name, per } = this.rules
      account = new Account(per === undefined ? name : `${name}/${value}`, this.rules, this.#around)
      this.#accounts.set(value, account)
    }
    return account
  }
}
