import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { AttributeValue, Resource } from '../otlp/telemetry.ts'
import { canonicalText } from './json-text.ts'

/** `service.name` of the resource conventions: https://opentelemetry.io/docs/specs/semconv/resource/#service. */
const SERVICE_NAME = 'service.name'

/** The name of the service that sent something. */
export function serviceOf({ attributes }: Resource): string {
  const name: AttributeValue | undefined = attributes[SERVICE_NAME]
  return typeof name === 'string' && name !== '' ? name : 'unknown_service'
}

/** Resources as numbers: each is in the file once. */
export class Resources {
  #ids = new WeakMap<Resource, number>()
  readonly #add: StatementSync
  readonly #find: StatementSync

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('INSERT INTO resources (attributes) VALUES (?) ON CONFLICT DO NOTHING')
    this.#find = database.prepare('SELECT id FROM resources WHERE attributes = ?')
  }

  /** The number of a resource, which it gets if it has none. */
  id(resource: Resource): number {
    const known = this.#ids.get(resource)
    if (known !== undefined) return known
    const text = canonicalText(resource.attributes)
    this.#add.run(text)
    const { id } = this.#find.get(text) as { id: number }
    this.#ids.set(resource, id)
    return id
  }

  /** What was added in a transaction that is rolled back has no number any more. */
  forget(): void {
    this.#ids = new WeakMap()
  }
}
