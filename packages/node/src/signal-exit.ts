/* oxlint-disable no-underscore-dangle -- These are signal-exit's names. */
interface Emitter {
  readonly count?: number
}

/**
 * How many listeners for each signal the `signal-exit` package has put up, which very many command-line tools use. When only
 * its own listeners are there, it ends the process by the signal.
 *
 * Its versions 3 and 4 leave their emitters where other copies of them find them; the names are theirs.
 */
export function signalExitCount(): number {
  const third = (process as { readonly __signal_exit_emitter__?: Emitter }).__signal_exit_emitter__
  const fourth = (globalThis as { readonly [key: symbol]: Emitter | undefined })[Symbol.for('signal-exit emitter')]
  return (third?.count ?? 0) + (fourth?.count ?? 0)
}
