import type { Call, CallStart } from './call.ts'

/** A request that is about to leave. */
export interface PendingRequest {
  /** As the application gave it to the client; not to be changed. */
  readonly body: unknown
  /** Is aborted when the application does not want the answer any more. */
  readonly signal: AbortSignal | undefined
  /**
   * The most that it can cost in USD, as an exact decimal; `undefined` when no price is known, or no bound. Reads the whole request, so ask only when it
   * matters.
   */
  upperBound(): string | undefined
}

/** What a gate says about one call. */
export interface Admission {
  /**
   * Resolves to what the application is to catch in the place of an answer, or to `undefined`: the request may leave, and does not leave before. Absent
   * where it may leave at once. A promise that rejects is a gate that is broken: the request leaves.
   */
  readonly refusal?: Promise<Error | undefined>
  /** The call has ended; refused ones do, too. Is called once. */
  ended(call: Call): void
}

/**
 * Decides which calls may be made, and hears how they ended: `@tokenmeter/budget` is one.
 */
export interface CallGate {
  /**
   * A call begins. What this throws is reported once, and the call goes on.
   *
   * @param request absent for calls that cannot be held back, such as those over a WebSocket: they are told, and nobody waits for a decision.
   * @returns `undefined` when the gate does not care for this call.
   */
  admit(call: CallStart, request: PendingRequest | undefined): Admission | undefined
}
