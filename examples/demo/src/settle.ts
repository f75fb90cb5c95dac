import { setInterval } from 'node:timers/promises'
import type { Receiver } from './receiver.ts'
import type { ServedBook } from './served.ts'

const LOOK_EVERY_MS = 25
const PATIENCE_MS = 5_000
/** With the real service nobody knows how many calls there were: silence for so long means that all are in. */
const SILENCE_MS = 1_000

/** Waits until all exchanges have ended and every call has arrived as a span; for five seconds at most. */
export async function settle(
  receiver: Receiver,
  served: ServedBook | undefined,
  interrupted: AbortSignal,
): Promise<void> {
  const start = Date.now()
  let arrived = receiver.calls.length
  let lastArrival = start
  for await (const _ of setInterval(LOOK_EVERY_MS)) {
    if (receiver.calls.length !== arrived) lastArrival = Date.now()
    arrived = receiver.calls.length
    const complete = served
      ? served.openExchanges === 0 && arrived >= served.calls.length
      : Date.now() - lastArrival > SILENCE_MS
    if (complete || interrupted.aborted || Date.now() - start > PATIENCE_MS) return
  }
}
