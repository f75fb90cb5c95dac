import { createRequire } from 'node:module'
import { inTime } from './in-time.ts'
import { GATHER_MS, redisStore } from './redis-store.ts'
import type { BudgetStore } from './store.ts'

const require = createRequire(import.meta.url)

/** A connection that is being made holds the process, whatever one does; so it must not take longer than an exit may. */
const CONNECT_TIMEOUT_MS = 2000
/** A server that takes longer is taken for gone. */
const ANSWER_TIMEOUT_MS = 5000

/**
 * The store in the Redis server at an address, by the package `redis` (5 or 6), which the user installs. Connects when it is used, and does not
 * keep the process.
 *
 * @throws Error when the package is not installed, or the address is none.
 */
export function redisStoreAt(url: string): BudgetStore {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url)) {
    throw new Error('store.redis must be an address such as redis://localhost:6379')
  }
  const { createClient } = loadRedis()
  const connect = async (): Promise<Connection> => {
    // It would try to connect for ever, and keep the process by its timers: who asks next connects again.
    const client = createClient({ url, socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false } })
    // Without a listener it would be an uncaught exception; what fails is told by the update that fails.
    client.on('error', () => {})
    client.unref()
    await client.connect()
    return { client, store: redisStore(client) }
  }
  let connection: Promise<Connection> | undefined
  return {
    coverage: 'replicas',
    gatherMs: GATHER_MS,
    update: async (key, change) => {
      const mine = (connection ??= connect())
      try {
        return await inTime(async () => (await mine).store.update(key, change), ANSWER_TIMEOUT_MS)
      } catch (error) {
        if (connection === mine) connection = undefined
        void mine.then(({ client }) => client.destroy()).catch(() => {})
        throw error
      }
    },
    close: async () => {
      const { client } = (await connection?.catch(() => undefined)) ?? {}
      client?.destroy()
    },
  }
}

interface Connection {
  readonly client: { destroy(): void }
  readonly store: BudgetStore
}

function loadRedis(): typeof import('redis') {
  try {
    return require('redis') as typeof import('redis')
  } catch (error) {
    throw new Error('store.redis needs the package redis: npm install redis', { cause: error })
  }
}
