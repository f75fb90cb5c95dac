import { Worker } from 'node:worker_threads'
import type { Queries } from '../query/queries.ts'
import type { PartialSuccess } from '../receiver/answer.ts'
import type { OtlpExport } from '../receiver/receiver.ts'
import { DEFAULT_BOUNDS, type StoreBounds } from './pruner.ts'
import type { PackedBuffers } from './packed-spans.ts'
import { packWhole } from './read-ahead.ts'
import { errorOf, type StoreRequest, type StoreResponse, type StoreThreadData } from './thread-messages.ts'

/** Settings of a store. */
export interface StoreOptions {
  /** Path of the file; absent: in memory, gone at the end. */
  readonly file?: string
  /** How much is kept; the oldest goes first. Default: 512 MiB, 7 days. */
  readonly bounds?: Partial<StoreBounds>
}

/** Exports of more bytes are read by the thread of the database, while it writes them: nobody else is served while this one reads. Some milliseconds. */
const MOST_READ_HERE = 512 * 1024

/** Buffers that are kept to be filled again. */
const MOST_SPARE = 8

/** What is written lives shortly: with the room that V8 gives it by itself, the process has 100 MB more. */
const LIMITS = { maxYoungGenerationSizeMb: 8 }

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/**
 * Telemetry in SQLite, in a thread of its own, so that neither writing nor a long question holds up who receives. Spans are read here and packed for it: on two
 * cores, half as many again are taken.
 */
export class Store {
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  /** Buffers that were handed over and have come back. */
  readonly #spare: PackedBuffers[] = []
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
  async take(received: OtlpExport, isHandedOver: boolean = false): Promise<PartialSuccess | undefined> {
    const { signal, body } = received
    if (signal === 'traces' && body.length <= MOST_READ_HERE) {
      const packed = packWhole(received, this.#spare.pop())
      return this.#ask({ kind: 'take', received: packed }, [packed.slots, packed.bytes]) as TakeResult
    }
    return this.#ask({ kind: 'take', received }, isHandedOver ? ownBuffer(body) : []) as TakeResult
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
    if (response.buffers && this.#spare.length < MOST_SPARE) this.#spare.push(response.buffers)
    if (response.error) waiting?.reject(errorOf(response.error))
    else waiting?.resolve(response.result)
  }

  #end(error: Error): void {
    this.#ended ??= error
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}

type TakeResult = Promise<PartialSuccess | undefined>

/** The memory of a body, if nothing else is in it: it is handed over instead of copied. */
function ownBuffer({ buffer, byteLength }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}
