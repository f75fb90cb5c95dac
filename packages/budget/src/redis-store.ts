import { setTimeout as delay } from 'node:timers/promises'
import type { BudgetStore } from './store.ts'

/**
 * A connected client: of `redis` (5, 6), which has `sendCommand`, or of `ioredis`, which has `call`.
 */
export type RedisClient =
  | { call(command: string, ...args: string[]): Promise<unknown> }
  | { sendCommand(args: string[]): Promise<unknown> }

/** How accounts are kept in Redis. */
export interface RedisStoreOptions {
  /** Begins every key. Default `tokenmeter:budget:`. */
  readonly prefix?: string
}

/** Sets a key if its value is still what it was read as; an empty text stands for none. The key is forgotten when nobody touches it. */
const COMPARE_AND_SET = `
if (redis.call('GET', KEYS[1]) or '') == ARGV[1] then
  redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
  return 1
end
return 0`

/** Longer than any period. */
const KEPT_MS = String(62 * 86_400_000)
/** Each time somebody else was faster, which then has got on: a hundred in a row are no contention any more, but a server that misbehaves. */
const MOST_TRIES = 100
const RETRY_MS = 5
/** A call more or less costs the server nothing, but each has its way there and back. */
export const GATHER_MS = 100

/**
 * Keeps accounts in a Redis server (or one that speaks its language, such as Valkey): they survive restarts, and all replicas that use the server share
 * them. An update reads the account and writes it if nobody wrote in between; several of one process are one.
 *
 * @param client is yours: connect it before, and close it when you end. Let it fail when it is not connected, instead of waiting.
 */
export function redisStore(
  client: RedisClient,
  { prefix = 'tokenmeter:budget:' }: RedisStoreOptions = {},
): BudgetStore {
  const send = sender(client)
  return {
    coverage: 'replicas',
    gatherMs: GATHER_MS,
    update: async (key, change) => {
      for (let tries = 0; tries < MOST_TRIES; tries++) {
        const present = await send('GET', prefix + key)
        const text = present === null || present === undefined ? undefined : String(present)
        const { text: next, result } = change(text)
        if (next === text) return result
        const written = await send('EVAL', COMPARE_AND_SET, '1', prefix + key, text ?? '', next, KEPT_MS)
        if (Number(written) === 1) return result
        await delay(RETRY_MS * Math.random() * (tries + 1), undefined, { ref: false })
      }
      throw new Error(`the account was changed by others ${MOST_TRIES} times in a row`)
    },
  }
}

function sender(client: RedisClient): (command: string, ...args: string[]) => Promise<unknown> {
  // `ioredis` has a `sendCommand`, too, which takes something else.
  if ('call' in client) return (command, ...args) => client.call(command, ...args)
  return (...args) => client.sendCommand(args)
}
