import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Ids of words that are remembered; the rest is looked up in the file. */
const MOST_REMEMBERED = 25_000

/** Texts that repeat, as numbers: names of models, services, users. */
export class Words {
  readonly #ids = new Map<string, number>()
  readonly #find: StatementSync
  readonly #add: StatementSync

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM words WHERE word = ?')
    this.#add = database.prepare('INSERT INTO words (word) VALUES (?)')
  }

  /** The number of a word, which it gets if it has none. */
  id(word: string): number {
    const known = this.#ids.get(word)
    if (known !== undefined) return known
    const found = this.#find.get(word) as { id: number } | undefined
    const id = found?.id ?? Number(this.#add.run(word).lastInsertRowid)
    if (this.#ids.size >= MOST_REMEMBERED) this.#ids.clear()
    this.#ids.set(word, id)
    return id
  }

  /** The same where there may be no word. */
  idOrNull(word: string | undefined): number | null {
    return word === undefined ? null : this.id(word)
  }

  /** What was added in a transaction that is rolled back has no number any more. */
  forget(): void {
    this.#ids.clear()
  }
}
