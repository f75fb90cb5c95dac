/** Which processes a budget covers: this one, those of this host that share a directory, or all that share a server. */
export type Coverage = 'process' | 'host' | 'replicas'

/** What an update makes of an account. */
export interface Change<Result> {
  readonly text: string
  readonly result: Result
}

/**
 * Keeps the accounts of budgets: a text for each key. `fileStore`, `memoryStore` and `redisStore` are stores; another is an object with these three.
 */
export interface BudgetStore {
  readonly coverage: Coverage
  /** How long ended calls may gather before they are written, in milliseconds. */
  readonly gatherMs: number
  /**
   * Changes the text of a key, atomically among all who share the store. Rejects when that cannot be done.
   *
   * @param change makes the new text out of the present one, which is `undefined` for a key that is new. It has no side effects and may be called more than once;
   *   the result is that of the call whose text was kept. A text that stays the same need not be written.
   */
  update<Result>(key: string, change: (text: string | undefined) => Change<Result>): Promise<Result>
  /** Lets go of connections. Nothing is updated after. */
  close?(): Promise<void>
}
