import type { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from './migrations.ts'
import { TABLES } from './tables.ts'
import { canSearch, contentTable, prepareSearch } from './text-search.ts'

/** Version of the tables. A file of an older version is migrated if there is a way, else refused. */
const SCHEMA_VERSION = 4

/** A file that is of another version of the viewer. The message says what to do. */
export class SchemaVersionError extends Error {
  override readonly name = 'SchemaVersionError'
}

/**
 * Makes the tables in a new file, or checks that those of an old one are ours.
 *
 * @throws SchemaVersionError when the file is of another version.
 */
export function prepareSchema(database: DatabaseSync, file: string): void {
  const version = migrated(database)
  if (version === SCHEMA_VERSION) {
    checkSearch(database, file)
    return
  }
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
  if (version !== 0 || tables > 0) {
    const whose = version > SCHEMA_VERSION ? 'a newer version of Tokenmeter' : 'something else'
    throw new SchemaVersionError(
      `${file} was written by ${whose} (version ${version}, this one reads ${SCHEMA_VERSION}). Delete it, or choose another file with --file`,
    )
  }
  database.exec(`BEGIN; ${TABLES} ${contentTable(database)}; PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
  prepareSearch(database)
}

/** Leads a file of ours to the newest version; says which one it has. */
function migrated(database: DatabaseSync): number {
  const versionOf = (): number => Number(database.prepare('PRAGMA user_version').get()?.['user_version'])
  if (!(versionOf() in MIGRATIONS)) return versionOf()
  database.exec('BEGIN EXCLUSIVE')
  try {
    // Another process may have been first.
    if (versionOf() in MIGRATIONS) {
      for (let version = versionOf(); version in MIGRATIONS; version += 1) MIGRATIONS[version]?.(database)
      database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`)
    }
    database.exec('COMMIT')
  } catch (error) {
    database.exec('ROLLBACK')
    throw error
  }
  return versionOf()
}

function checkSearch(database: DatabaseSync, file: string): void {
  if (canSearch(database)) {
    prepareSearch(database)
    return
  }
  throw new SchemaVersionError(
    `${file} was written on a newer Node, whose SQLite has an index of texts. Use that Node, delete the file, or choose another one with --file`,
  )
}
