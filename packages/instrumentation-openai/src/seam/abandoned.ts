/** A call, or a session of calls, that may never hear of its end. */
interface Abandonable {
  abandoned(): void
}

/**
 * How many calls without an end are kept in sight for `endOpenCalls`. Beyond that the oldest are only noticed when they are
 * garbage collected.
 */
const MAX_OPEN = 10_000

/** So that the set is never empty: its table would be made anew for each call that is alone. */
const NOBODY: Abandonable = { abandoned() {} }
const open = new Set<Abandonable>([NOBODY])
/** Those whose only way to their answer is watched. */
const watched = new WeakSet<Abandonable>()

/**
 * Some edge runtimes have no such registry. The held value must not reach the object it is registered for, or that object is never
 * collected.
 */
const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Abandonable>((call) => {
        call.abandoned()
        loseSight(call)
      })
    : undefined

/** A call, or a session, has begun: until it is lost sight of, a shutdown ends it. */
export function keepInSight(call: Abandonable): void {
  if (open.size > MAX_OPEN)
    for (const oldest of open) {
      if (oldest === NOBODY) continue
      open.delete(oldest)
      break
    }
  open.add(call)
}

/** It has ended. */
export function loseSight(call: Abandonable): void {
  open.delete(call)
  forgetAbandonment(call)
}

/** Ends `call` as abandoned when `target`, the only way to its answer, has been garbage collected. */
export function watchForAbandonment(target: object, call: Abandonable): void {
  watched.add(call)
  collected?.register(target, call, call)
}

/** Stops watching: the answer is being read. */
export function forgetAbandonment(call: Abandonable): void {
  if (watched.delete(call)) collected?.unregister(call)
}

/** Ends everything that is still open, whether it waits for its answer or nobody has read that to its end, as at shutdown. */
export function endOpenCalls(): void {
  for (const call of open) {
    if (call === NOBODY) continue
    call.abandoned()
    loseSight(call)
  }
}
