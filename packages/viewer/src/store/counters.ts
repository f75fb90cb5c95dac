import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** What is counted in a file, whatever process writes it. The names are in files: they stay. */
export type CounterName =
  | 'calls'
  | 'spans'
  | 'calls removed'
  | 'spans removed'
  /** Spans, log records and points, since the file was made: with each removal it is another number. */
  | 'rows removed'
  /** What `rows removed` was when words were last looked through. */
  | 'rows removed when swept'
  | 'words removed'

/** Numbers that grow, each by its name. */
export class Counters {
  readonly #get: StatementSync
  readonly #add: StatementSync
  readonly #set: StatementSync
  readonly #clear: StatementSync

  constructor(database: DatabaseSync) {
    const insert = 'INSERT INTO counters (name, count) VALUES (?, ?) ON CONFLICT DO UPDATE SET count ='
    this.#get = database.prepare('SELECT count FROM counters WHERE name = ?')
    this.#add = database.prepare(`${insert} count + excluded.count`)
    this.#set = database.prepare(`${insert} excluded.count`)
    this.#clear = database.prepare('DELETE FROM counters WHERE name <> ?')
  }

  get(name: CounterName): number {
    return Number(this.#get.get(name)?.['count'] ?? 0)
  }

  add(name: CounterName, more: number): void {
    if (more > 0) this.#add.run(name, more)
  }

  set(name: CounterName, count: number): void {
    this.#set.run(name, count)
  }

  /** Begins anew, which is a removal, too. */
  clear(): void {
    this.#clear.run('rows removed' satisfies CounterName)
    this.add('rows removed', 1)
  }
}
