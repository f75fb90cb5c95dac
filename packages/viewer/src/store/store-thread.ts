import { parentPort, workerData } from 'node:worker_threads'
import { type Queries, queriesOf } from '../query/queries.ts'
import { Database } from './database.ts'
import type { StoreRequest, StoreResponse, StoreThreadData } from './store.ts'

/*
 * The thread of the database. It answers in the order in which it is asked, and prunes when nobody asks.
 */

const PRUNE_EVERY_MS = 10_000

function errorOf(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

function serve(database: Database): void {
  const queries = queriesOf(database) as unknown as Record<keyof Queries, (...args: readonly unknown[]) => unknown>
  const answers: Readonly<Record<StoreRequest['kind'], (request: never) => unknown>> = {
    take: ({ received }: Extract<StoreRequest, { kind: 'take' }>) => database.take(received),
    query: ({ name, args }: Extract<StoreRequest, { kind: 'query' }>) => queries[name](...args),
    clear: () => database.clear(),
    close: () => database.close(),
  }
  parentPort?.on('message', (request: StoreRequest) => {
    let response: StoreResponse
    try {
      response = { id: request.id, result: answers[request.kind](request as never) }
    } catch (error) {
      response = { id: request.id, error: errorOf(error) }
    }
    parentPort?.postMessage(response)
  })
  const prune = (): void => {
    // One slice a turn, so that questions come between.
    if (database.prune(Date.now())) setImmediate(prune)
    else setTimeout(prune, PRUNE_EVERY_MS).unref()
  }
  setTimeout(prune, PRUNE_EVERY_MS).unref()
}

try {
  const { file, bounds } = workerData as StoreThreadData
  serve(new Database({ ...(file !== undefined && { file }), bounds }))
  parentPort?.postMessage({ id: 0, result: undefined } satisfies StoreResponse)
} catch (error) {
  parentPort?.postMessage({ id: 0, error: errorOf(error) } satisfies StoreResponse)
  parentPort?.close()
}
