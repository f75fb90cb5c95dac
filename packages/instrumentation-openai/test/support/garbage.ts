import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects garbage, turn by turn, until it has had the effect; without it the test runs into its time-out. */
export async function collectGarbageUntil(hasHappened: () => boolean): Promise<void> {
  while (!hasHappened()) {
    collect()
    await nextTurn()
  }
}
