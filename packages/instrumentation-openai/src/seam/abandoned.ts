/** A call, or a session of calls, that may never hear of its end. */
interface Abandonable {
  abandoned(): void
}

/**
 * How many calls without an end are kept in sight for `endOpenCalls`. Beyond that the oldest are only noticed when they are
 * garbage collected.
 */
const MAX_OPEN = 10_000

const open = new Set<Abandonable>()

/**
 * Some edge runtimes have no such registry. The held value must not reach the object it is registered for, or that object is never
 * collected.
 */
const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<Abandonable>((call) => {
        open.delete(call)
        call.abandoned()
      })
    : undefined

/** Ends `call` as abandoned when `target`, the only way to its answer, has been garbage collected. */
export function watchForAbandonment(target: object, call: Abandonable): void {
  if (open.size >= MAX_OPEN)
    for (const oldest of open) {
      open.delete(oldest)
      break
    }
  open.add(call)
  collected?.register(target, call, call)
}

/** Stops watching: the answer is being read, or the call has ended. */
export function forgetAbandonment(call: Abandonable): void {
  if (open.delete(call)) collected?.unregister(call)
}

/** Ends every call whose answer nobody has read to its end, as at shutdown. */
export function endOpenCalls(): void {
  for (const call of open) {
    collected?.unregister(call)
    call.abandoned()
  }
  open.clear()
}
