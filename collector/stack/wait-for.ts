import { setTimeout as delay } from 'node:timers/promises'

const INTERVAL_MS = 50

/**
 * Asks again and again until there is an answer.
 *
 * @param what what is waited for, for the error text
 * @param probe `undefined` means not yet, and so does throwing
 * @throws {Error} when there is no answer within `timeoutMs` (default 30 s); its cause is what the last probe threw.
 */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  let cause: unknown
  while (performance.now() < deadline) {
    try {
      const answer = await probe()
      if (answer !== undefined) return answer
      cause = undefined
    } catch (error) {
      cause = error
    }
    await delay(INTERVAL_MS)
  }
  throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`, { cause })
}
