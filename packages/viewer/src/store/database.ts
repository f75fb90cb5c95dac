import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { readJsonLogs } from '../otlp/json-logs.ts'
import { readJsonMetrics } from '../otlp/json-metrics.ts'
import { readLogs } from '../otlp/protobuf-logs.ts'
import { readMetrics } from '../otlp/protobuf-metrics.ts'
import type { PartialSuccess } from '../receiver/answer.ts'
import type { OtlpExport } from '../receiver/receiver.ts'
import { Counters } from './counters.ts'
import { LogWriter } from './log-writer.ts'
import { MetricWriter } from './metric-writer.ts'
import { Pruner, type StoreBounds } from './pruner.ts'
import type { PackedSpans } from './packed-spans.ts'
import { packInParts, type SpanExport } from './read-ahead.ts'
import { Resources } from './resources.ts'
import { prepareSchema } from './schema.ts'
import { SpanWriter } from './span-writer.ts'
import { Sweeper, type SweepOptions } from './sweeper.ts'
import { Words } from './words.ts'

/** The name under which SQLite keeps everything in memory. */
const IN_MEMORY = ':memory:'

/** Where telemetry is kept, and how much of it. */
export interface DatabaseOptions {
  /** Path of the file; absent: in memory, gone at the end. */
  readonly file?: string
  readonly bounds: StoreBounds
  readonly sweep?: SweepOptions
}

/** What became of an export. */
export interface Taken {
  readonly partial?: PartialSuccess | undefined
  readonly error?: unknown
}

/**
 * The tables, and who writes them. Everything here is synchronous: it runs in a thread of its own.
 *
 * Writes are transactions in a write-ahead log: when a batch has been acknowledged it survives the end of the process, however that ends.
 */
export class Database {
  readonly connection: DatabaseSync
  readonly pruner: Pruner
  readonly #words: Words
  readonly #resources: Resources
  readonly #spans: SpanWriter
  readonly #logs: LogWriter
  readonly #metrics: MetricWriter
  readonly #sweeper: Sweeper
  readonly #dataVersion: StatementSync
  #knownVersion: unknown

  /** @throws SchemaVersionError when the file is of another version. */
  constructor({ file, bounds, sweep }: DatabaseOptions) {
    this.connection = open(file)
    this.#words = new Words(this.connection)
    this.#resources = new Resources(this.connection)
    this.#spans = new SpanWriter(this.connection, this.#words, this.#resources)
    this.#logs = new LogWriter(this.connection, this.#words, this.#resources)
    this.#metrics = new MetricWriter(this.connection, this.#words, this.#resources)
    const counters = new Counters(this.connection)
    this.pruner = new Pruner(this.connection, counters, bounds)
    this.#sweeper = new Sweeper(this.connection, counters, sweep)
    this.#dataVersion = this.connection.prepare('PRAGMA data_version')
  }

  /**
   * Reads an export and writes what it holds, while it reads: nothing is written of one that is none.
   *
   * @throws MalformedOtlpError when it is none.
   */
  take(received: OtlpExport | PackedSpans): PartialSuccess | undefined {
    let partial: PartialSuccess | undefined
    this.#transaction(() => (partial = this.#write(received)))
    return partial
  }

  /**
   * The same for exports that wait together: they are one transaction, because the end of each takes as long as the writing of some hundred spans.
   *
   * @returns for each what `take` returns, or what it throws.
   */
  takeAll(exports: readonly (OtlpExport | PackedSpans)[]): readonly Taken[] {
    try {
      let taken: readonly Taken[] = []
      this.#transaction(() => (taken = exports.map((received) => ({ partial: this.#write(received) }))))
      return taken
    } catch (error) {
      if (exports.length === 1) return [{ error }]
      // Whatever is wrong with one of them, the others are written.
      return exports.flatMap((received) => this.takeAll([received]))
    }
  }

  #write(received: OtlpExport | PackedSpans): PartialSuccess | undefined {
    if (received.format === 'packed') {
      this.#writeSpans(received)
      return received.partial
    }
    const { signal, format, body } = received
    const isJson = format === 'json'
    switch (signal) {
      case 'traces':
        return this.#writeInParts(received)
      case 'logs':
        this.#logs.write(isJson ? readJsonLogs(body) : readLogs(body))
        return undefined
      case 'metrics':
        this.#metrics.write(isJson ? readJsonMetrics(body) : readMetrics(body))
        return undefined
    }
  }

  #writeInParts(received: SpanExport): PartialSuccess | undefined {
    let partial: PartialSuccess | undefined
    for (const packed of packInParts(received)) {
      this.#writeSpans(packed)
      partial = packed.partial
    }
    return partial
  }

  #writeSpans(packed: PackedSpans): void {
    const { spans, calls } = this.#spans.write(packed)
    this.pruner.count('calls', calls)
    this.pruner.count('spans', spans)
  }

  /** Removes what is beyond the bounds, in one slice. Says whether there is more to remove. */
  prune(nowMs: number): boolean {
    let hasMore = false
    this.#transaction(() => this.#sweeper.whileRemoving(() => (hasMore = this.pruner.prune(nowMs))))
    if (this.pruner.removedAnything) this.#forget()
    return hasMore
  }

  /** Removes words and resources that nothing refers to any more, in slices, after enough has been removed. Says whether there is more to do. */
  sweep(): boolean {
    let hasMore = false
    this.#transaction(() => (hasMore = this.#sweeper.sweep()))
    if (this.#sweeper.removedAnything) this.#forget()
    return hasMore
  }

  /** Reads something whole: what other processes write or remove meanwhile is not seen. */
  read<Answer>(ask: () => Answer): Answer {
    this.connection.exec('BEGIN')
    try {
      return ask()
    } finally {
      this.connection.exec('COMMIT')
    }
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
      this.#noticeOthers()
      run()
      this.#spans.end()
      this.connection.exec('COMMIT')
    } catch (error) {
      this.connection.exec('ROLLBACK')
      this.#forget()
      throw error
    }
  }

  /** Another process may have this file open, too, and have removed what is remembered here. */
  #noticeOthers(): void {
    const version = this.#dataVersion.get()?.['data_version']
    if (version !== this.#knownVersion) this.#forget()
    this.#knownVersion = version
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
    PRAGMA busy_timeout = 5000;
    PRAGMA auto_vacuum = INCREMENTAL;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA wal_autocheckpoint = 8000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -8000;
    PRAGMA mmap_size = 0;
  `)
  prepareSchema(connection, file ?? IN_MEMORY)
  return connection
}
