import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { LogRecord } from '../otlp/telemetry.ts'
import { jsonText } from './json-text.ts'
import { type Resources, serviceOf } from './resources.ts'
import type { Words } from './words.ts'

/** Writes log records. */
export class LogWriter {
  readonly #words: Words
  readonly #resources: Resources
  readonly #add: StatementSync

  constructor(database: DatabaseSync, words: Words, resources: Resources) {
    this.#words = words
    this.#resources = resources
    this.#add = database.prepare(
      `INSERT INTO logs (time, trace_id, span_id, severity, service, event, resource, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
  }

  /** Writes a batch, inside a transaction of the caller's. */
  write(records: readonly LogRecord[]): void {
    for (const record of records) {
      const { time, traceId, spanId, severity, severityText, eventName, resource, scope, body, attributes } = record
      this.#add.run(
        time,
        traceId,
        spanId,
        severity,
        this.#words.id(serviceOf(resource)),
        this.#words.id(eventName),
        this.#resources.id(resource),
        jsonText({ body, attributes, severityText, scope: scope.name }),
      )
    }
  }
}
