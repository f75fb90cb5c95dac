import { Worker } from 'node:worker_threads'
import { MalformedOtlpError } from '../otlp/telemetry.ts'
import { FilterError } from '../query/filter.ts'
import type { Queries } from '../query/queries.ts'
import type { PartialSuccess } from '../receiver/answer.ts'
import type { OtlpExport } from '../receiver/receiver.ts'
import { DEFAULT_BOUNDS, type StoreBounds } from './pruner.ts'
import { SchemaVersionError } from './schema.ts'

/** Settings of a store. */
export interface StoreOptions {
  /** Path of the file; absent: in memory, gone at the end. */
  readonly file?: string
  /** How much is kept; the oldest goes first. Default: 512 MiB, 7 days. */
  readonly bounds?: Partial<StoreBounds>
}

/** What the thread of the database is asked. */
export type StoreRequest = { readonly id: number } & (
  | { readonly kind: 'take'; readonly received: OtlpExport }
  | { readonly kind: 'query'; readonly name: keyof Queries; readonly args: readonly unknown[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'close' }
)

/** What it answers. The first answer, with the id 0, says that the file is open. */
export type StoreResponse = { readonly id: number } & (
  | { readonly result: unknown; readonly error?: undefined }
  | { readonly error: { readonly name: string; readonly message: string } }
)

/** Settings as the thread gets them. */
export interface StoreThreadData {
  readonly file: string | undefined
  readonly bounds: StoreBounds
}

/** Spans live shortly and are many: with the room that V8 gives them by itself, the process has 100 MB more. */
const LIMITS = { maxYoungGenerationSizeMb: 8 }

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Telemetry in SQLite, in a thread of its own, so that neither writing nor a long question holds up who receives.
 */
export class Store {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #ended: Error | undefined

  private constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (response: StoreResponse) => this.#answered(response))
    worker.on('error', (error) => this.#end(error instanceof Error ? error : new Error(String(error))))
    worker.on('exit', () => this.#end(new Error('The store is closed')))
  }

  /**
   * Opens a store.
   *
   * @throws SchemaVersionError when the file was written by another version.
   * @throws Error when it cannot be opened: no rights, no database.
   */
  static async open({ file, bounds = {} }: StoreOptions = {}): Promise<Store> {
    const workerData: StoreThreadData = { file, bounds: { ...DEFAULT_BOUNDS, ...bounds } }
    // The package has everything but the thread in one file.
    const script = import.meta.url.endsWith('.ts') ? './store-thread.ts' : './store/store-thread.mjs'
    const store = new Store(new Worker(new URL(script, import.meta.url), { workerData, resourceLimits: LIMITS }))
    await new Promise((resolve, reject) => store.#waiting.set(0, { resolve, reject }))
    return store
  }

  /**
   * Takes an export. When the promise is kept, what it held survives the end of the process.
   *
   * @param isHandedOver the caller does not use the body any more: then it need not be copied.
   * @throws MalformedOtlpError when it is none.
   */
  take(received: OtlpExport, isHandedOver: boolean = false): Promise<PartialSuccess | undefined> {
    const transferred = isHandedOver ? ownBuffer(received.body) : []
    return this.#ask({ kind: 'take', received }, transferred) as Promise<PartialSuccess | undefined>
  }

  /**
   * Asks something.
   *
   * @throws FilterError when a filter cannot be understood.
   */
  query<Name extends keyof Queries>(
    name: Name,
    ...args: Parameters<Queries[Name]>
  ): Promise<ReturnType<Queries[Name]>> {
    return this.#ask({ kind: 'query', name, args }) as Promise<ReturnType<Queries[Name]>>
  }

  /** Removes everything. */
  async clear(): Promise<void> {
    await this.#ask({ kind: 'clear' })
  }

  /** Writes what is not written, and closes the file. */
  async close(): Promise<void> {
    if (this.#ended) return
    await this.#ask({ kind: 'close' })
    await this.#worker.terminate()
  }

  #ask(
    request: { readonly kind: StoreRequest['kind'] } & Record<string, unknown>,
    transferred: readonly ArrayBuffer[] = [],
  ): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended)
    this.#lastId += 1
    const id = this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#worker.postMessage({ id, ...request }, transferred)
    })
  }

  #answered(response: StoreResponse): void {
    const waiting = this.#waiting.get(response.id)
    this.#waiting.delete(response.id)
    if (response.error) waiting?.reject(errorOf(response.error))
    else waiting?.resolve(response.result)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

/** The memory of a body, if nothing else is in it: it is handed over instead of copied. */
function ownBuffer({ buffer, byteLength }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

const ERRORS = [MalformedOtlpError, FilterError, SchemaVersionError]

/** Classes do not survive the way between threads. */
function errorOf({ name, message }: { readonly name: string; readonly message: string }): Error {
  const Class = ERRORS.find((candidate) => candidate.name === name) ?? Error
  return new Class(message)
}
