import { signalExitCount } from './signal-exit.ts'

/** What there is to do before a process ends. */
export interface LastWork {
  /** Whether anything would be lost if the process ended now. */
  isPending(): boolean
  /** Delivers it, while the event loop still turns, within a bound. */
  finish(): Promise<void>
  /** Delivers it at once, without the event loop, within the same bound. */
  finishNow(): void
  /** Starts to deliver it, and goes on. */
  flushInBackground(): void
}

/** What ends a process that does not handle it, and is sent to end one. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP']

/**
 * Does the last work at every kind of exit, and leaves exit codes, signals and the application's own handlers as they are.
 *
 * - The event loop is empty: the work is done asynchronously. If the application listens to `beforeExit` itself, that would
 *   make its listener run twice, so then the work is left for `exit`.
 * - `process.exit()`, an uncaught exception, an unhandled rejection: at `exit`, at once.
 * - A signal that nobody else handles: at once, then the process ends by that signal. What cannot be done at once is done
 *   before, while the application still runs.
 * - A signal that the application handles: the application decides; the work is started in the background.
 *
 * @returns a function that takes all of it back
 */
export function watchExit(work: LastWork): () => void {
  const beforeExit = (): void => {
    if (process.listenerCount('beforeExit') === 1 && work.isPending()) void work.finish()
  }
  const exit = (): void => work.finishNow()
  process.on('beforeExit', beforeExit)
  process.on('exit', exit)
  const unwatchSignals = watchSignals(work)
  return () => {
    process.off('beforeExit', beforeExit)
    process.off('exit', exit)
    unwatchSignals()
  }
}

function watchSignals(work: LastWork): () => void {
  let watching = true
  const listen = (signal: NodeJS.Signals): void => {
    if (watching) process.prependListener(signal, onSignal)
  }
  const onSignal = (signal: NodeJS.Signals): void => {
    process.off(signal, onSignal)
    const others = process.listenerCount(signal)
    if (others === 0) return endBy(signal, work)
    if (others === signalExitCount()) work.finishNow()
    else work.flushInBackground()
    // For this one signal we are not in the list: whoever counts the listeners must find their own.
    setImmediate(listen, signal).unref()
  }
  for (const signal of SIGNALS) listen(signal)
  return () => {
    watching = false
    for (const signal of SIGNALS) process.off(signal, onSignal)
  }
}

function endBy(signal: NodeJS.Signals, work: LastWork): void {
  work.finishNow()
  if (work.isPending()) void work.finish().finally(() => process.kill(process.pid, signal))
  else process.kill(process.pid, signal)
}
