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

/** Texts of resources whose numbers are remembered; the rest is looked up in the file. */
const MOST_REMEMBERED = 1000

/** Resources as numbers: each is in the file once, by the canonical text of its attributes. */
export class Resources {
  #ids = new WeakMap<Resource, number>()
  readonly #idsOfTexts = new Map<string, number>()
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
    const id = this.idOfText(canonicalText(resource.attributes))
    this.#ids.set(resource, id)
    return id
  }

  /** The same by the canonical text of its attributes. */
  idOfText(text: string): number {
    const known = this.#idsOfTexts.get(text)
    if (known !== undefined) return known
    this.#add.run(text)
    const { id } = this.#find.get(text) as { id: number }
    if (this.#idsOfTexts.size >= MOST_REMEMBERED) this.#idsOfTexts.clear()
    this.#idsOfTexts.set(text, id)
    return id
  }

  /** What was added in a transaction that is rolled back has no number any more. */
  forget(): void {
    this.#ids = new WeakMap()
    this.#idsOfTexts.clear()
  }
}
