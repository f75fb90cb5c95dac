import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { readJsonLogs } from '../otlp/json-logs.ts'
import { readJsonMetrics } from '../otlp/json-metrics.ts'
import { readJsonSpans } from '../otlp/json-spans.ts'
import { readLogs } from '../otlp/protobuf-logs.ts'
import { readMetrics } from '../otlp/protobuf-metrics.ts'
import { readSpans } from '../otlp/protobuf-spans.ts'
import type { PartialSuccess } from '../receiver/answer.ts'
import type { OtlpExport } from '../receiver/receiver.ts'
import { LogWriter } from './log-writer.ts'
import { MetricWriter } from './metric-writer.ts'
import { Pruner, type StoreBounds } from './pruner.ts'
import { Resources } from './resources.ts'
import { prepareSchema } from './schema.ts'
import { SpanWriter } from './span-writer.ts'
import { validSpans } from './valid-spans.ts'
import { Words } from './words.ts'

/** The name under which SQLite keeps everything in memory. */
const IN_MEMORY = ':memory:'

/** Where telemetry is kept, and how much of it. */
export interface DatabaseOptions {
  /** Path of the file; absent: in memory, gone at the end. */
  readonly file?: string
  readonly bounds: StoreBounds
}

/**
 * The tables, and who writes them. Everything here is synchronous: it runs in a thread of its own.
 *
 * A batch is one transaction in a write-ahead log: when it has been acknowledged it survives the end of the process, however that ends.
 */
export class Database {
  readonly connection: DatabaseSync
  readonly pruner: Pruner
  readonly #words: Words
  readonly #resources: Resources
  readonly #spans: SpanWriter
  readonly #logs: LogWriter
  readonly #metrics: MetricWriter

  /** @throws SchemaVersionError when the file is of another version. */
  constructor({ file, bounds }: DatabaseOptions) {
    this.connection = open(file)
    this.#words = new Words(this.connection)
    this.#resources = new Resources(this.connection)
    this.#spans = new SpanWriter(this.connection, this.#words, this.#resources)
    this.#logs = new LogWriter(this.connection, this.#words, this.#resources)
    this.#metrics = new MetricWriter(this.connection, this.#words, this.#resources)
    this.pruner = new Pruner(this.connection, bounds)
  }

  /**
   * Reads an export and writes what it holds.
   *
   * @throws MalformedOtlpError when it is none.
   */
  take({ signal, format, body }: OtlpExport): PartialSuccess | undefined {
    const isJson = format === 'json'
    switch (signal) {
      case 'traces': {
        const { spans, partial } = validSpans(isJson ? readJsonSpans(body) : readSpans(body))
        this.#transaction(() => {
          const written = this.#spans.write(spans)
          this.pruner.count('calls', written.calls)
          this.pruner.count('spans', written.spans)
        })
        return partial
      }
      case 'logs': {
        const records = isJson ? readJsonLogs(body) : readLogs(body)
        this.#transaction(() => this.#logs.write(records))
        return undefined
      }
      case 'metrics': {
        const points = isJson ? readJsonMetrics(body) : readMetrics(body)
        this.#transaction(() => this.#metrics.write(points))
        return undefined
      }
    }
  }

  /** Removes what is beyond the bounds, in one slice. Says whether there is more to remove. */
  prune(nowMs: number): boolean {
    let hasMore = false
    this.#transaction(() => (hasMore = this.pruner.prune(nowMs)))
    if (this.pruner.removedAnything) this.#forget()
    return hasMore
  }

  /** Removes everything. */
  clear(): void {
    this.#transaction(() => this.pruner.clear())
    this.connection.exec('VACUUM')
    this.#forget()
  }

  close(): void {
    this.connection.close()
  }

  #transaction(run: () => void): void {
    this.connection.exec('BEGIN IMMEDIATE')
    try {
      run()
      this.connection.exec('COMMIT')
    } catch (error) {
      this.connection.exec('ROLLBACK')
      this.#forget()
      throw error
    }
  }

  #forget(): void {
    this.#words.forget()
    this.#resources.forget()
    this.#spans.forget()
  }
}

function open(file: string | undefined): DatabaseSync {
  if (file !== undefined && !existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = new DatabaseSync(file ?? IN_MEMORY, { enableForeignKeyConstraints: false })
  // Before there is anything in it: prompts may come.
  if (file !== undefined) chmodSync(file, 0o600)
  connection.exec(`
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -32000;
    PRAGMA mmap_size = 0;
  `)
  prepareSchema(connection, file ?? IN_MEMORY)
  return connection
}
