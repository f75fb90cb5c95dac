import { setTimeout as delay } from 'node:timers/promises'

const INTERVAL_MS = 250

/** Asks again and again until there is an answer; `undefined` when there is none in time. What throws is thrown. */
export async function waitFor<T>(patienceMs: number, probe: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const answer = await probe()
    if (answer !== undefined || performance.now() > deadline) return answer
    await delay(INTERVAL_MS)
  }
}
