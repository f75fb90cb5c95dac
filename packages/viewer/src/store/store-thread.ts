import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Queries, queriesOf } from '../query/queries.ts'
import { Database } from './database.ts'
import { messageOf, type StoreRequest, type StoreResponse, type StoreThreadData } from './thread-messages.ts'

/*
 * The thread of the database. It answers in the order in which it is asked, and tidies up when nobody asks.
 */

const PRUNE_EVERY_MS = 10_000

/** What waits already, so that nothing waits for a turn of the loop. */
function nextOf(port: MessagePort): StoreRequest | undefined {
  return (receiveMessageOnPort(port) as { readonly message: StoreRequest } | undefined)?.message
}

type Take = Extract<StoreRequest, { kind: 'take' }>

/** Exports that are taken together. More would keep a question waiting that stands behind them. */
const MOST_TOGETHER = 8

/** Takes an export with those that wait behind it, up to the next question, which is given back. */
function takeAll(database: Database, port: MessagePort, first: Take): StoreRequest | undefined {
  const takes: Take[] = [first]
  let other: StoreRequest | undefined
  while (takes.length < MOST_TOGETHER) {
    const next = nextOf(port)
    if (next?.kind !== 'take') {
      other = next
      break
    }
    takes.push(next)
  }
  const taken = database.takeAll(takes.map(({ received }) => received))
  for (const [index, { partial, error }] of taken.entries()) {
    const { id, received } = takes[index] as Take
    const response = error === undefined ? { id, result: partial } : { id, error: messageOf(error) }
    if (received.format !== 'packed') port.postMessage(response satisfies StoreResponse)
    else {
      const { slots, bytes } = received
      port.postMessage({ ...response, buffers: { slots, bytes } } satisfies StoreResponse, [slots, bytes])
    }
  }
  return other
}

function serve(database: Database): void {
  const queries = queriesOf(database) as unknown as Record<keyof Queries, (...args: readonly unknown[]) => unknown>
  const answers: Readonly<Record<Exclude<StoreRequest['kind'], 'take'>, (request: never) => unknown>> = {
    query: ({ name, args }: Extract<StoreRequest, { kind: 'query' }>) => database.read(() => queries[name](...args)),
    clear: () => database.clear(),
    close: () => database.close(),
  }
  const answer = (request: Exclude<StoreRequest, { kind: 'take' }>): StoreResponse => {
    try {
      return { id: request.id, result: answers[request.kind](request as never) }
    } catch (error) {
      return { id: request.id, error: messageOf(error) }
    }
  }
  const port = parentPort as MessagePort
  port.on('message', (first: StoreRequest) => {
    for (let request: StoreRequest | undefined = first; request; request = nextOf(port)) {
      if (request.kind === 'take') request = takeAll(database, port, request)
      if (request) port.postMessage(answer(request as Exclude<StoreRequest, { kind: 'take' }>))
    }
  })
  let pruneAt = 0
  const tidy = (): void => {
    const now = Date.now()
    // One slice a turn, so that questions come between.
    const isPruning = now >= pruneAt
    const hasMore = isPruning ? database.prune(now) : database.sweep()
    if (isPruning && !hasMore) pruneAt = now + PRUNE_EVERY_MS
    if (isPruning || hasMore) setImmediate(tidy)
    else setTimeout(tidy, PRUNE_EVERY_MS).unref()
  }
  setTimeout(tidy, PRUNE_EVERY_MS).unref()
}

try {
  const { file, bounds } = workerData as StoreThreadData
  serve(new Database({ ...(file !== undefined && { file }), bounds }))
  parentPort?.postMessage({ id: 0, result: undefined } satisfies StoreResponse)
} catch (error) {
  parentPort?.postMessage({ id: 0, error: messageOf(error) } satisfies StoreResponse)
  parentPort?.close()
}
