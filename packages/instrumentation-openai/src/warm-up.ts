import { builtIn, guard, readApiUsage } from '@tokenmeter/meter'
import { findOperation } from './operations/table.ts'

/** By then a server listens. */
const AFTER_MS = 1000

/**
 * Loads what every call needs while nobody waits for it: CommonJS builds load it when it is first used, which would be while the first request is held up. A part in a
 * turn of the event loop, so that no turn is long. Keeps no process alive.
 *
 * @param others more that calls will need.
 * @returns how to let it be.
 */
export function warmUp(others: readonly (() => unknown)[]): () => void {
  const timers = builtIn('node:timers')
  if (!timers) return () => undefined
  const parts: readonly (() => unknown)[] = [
    () => findOperation('post', '/chat/completions'),
    () => readApiUsage(undefined, 'chat_completion'),
    ...others,
  ]
  let timer: NodeJS.Timeout | undefined
  const next = (index: number, afterMs: number): void => {
    const part = parts[index]
    if (!part) return
    const run = (): void => {
      guard('loading what calls need', () => void part())
      next(index + 1, 0)
    }
    timer = timers.setTimeout(run, afterMs)
    timer.unref()
  }
  next(0, AFTER_MS)
  return () => timers.clearTimeout(timer)
}
