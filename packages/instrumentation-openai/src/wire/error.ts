import type { OutcomeKind, RateLimitReason } from '@tokenmeter/meter'
import { asText } from './json.ts'

/** The fields of the client's `APIError` that tell errors apart; any thrown value may be asked for them. */
interface ErrorFields {
  readonly name?: unknown
  readonly status?: unknown
  readonly code?: unknown
  readonly type?: unknown
}

const fieldsOf = (error: unknown): ErrorFields => (typeof error === 'object' && error !== null ? error : {})

/**
 * Class of an exception, as far as it has one. A `DOMException` tells its kind by its name, such as `AbortError`.
 *
 * @param classes where the client hangs its error classes by their names, which a minifier leaves alone: `OpenAI.APIUserAbortError`.
 */
export function errorClass(error: unknown, classes: object = NO_CLASSES): string {
  if (!(error instanceof Error)) return '_OTHER'
  if (error instanceof DOMException) return error.name
  const known = CLIENT_ERRORS.find((name) => (classes as Record<string, unknown>)[name] === error.constructor)
  return known ?? (error.constructor.name || error.name)
}

const NO_CLASSES: object = {}
/** Static properties of the client's class, in v4 to v7. */
const CLIENT_ERRORS = [
  'APIError',
  'APIConnectionError',
  'APIConnectionTimeoutError',
  'APIUserAbortError',
  'NotFoundError',
  'ConflictError',
  'RateLimitError',
  'BadRequestError',
  'AuthenticationError',
  'InternalServerError',
  'PermissionDeniedError',
  'UnprocessableEntityError',
] as const

/** Value of `error.type` for an error event within a stream that names no code. */
export const STREAM_ERROR = 'stream_error'

/** What v4 to v6 throw when the application aborts while the body arrives is the platform's; v7 makes it the client's own. */
const isAbort = (error: unknown, classes?: object): boolean =>
  errorClass(error, classes) === ABORTED || fieldsOf(error).name === 'AbortError'

/** Class of the client's error for a call that its own application aborted. */
export const ABORTED = 'APIUserAbortError'

/** Value of `error.type`: the provider's code, else the HTTP status, else the class of the exception. */
export function errorTypeOf(error: unknown, classes?: object): string {
  const { code, status } = fieldsOf(error)
  const known = asText(code) ?? (typeof status === 'number' ? String(status) : undefined)
  if (known !== undefined) return known
  const name = errorClass(error, classes)
  // The client throws its base class, without a status, for nothing but error events.
  return name === 'APIError' ? STREAM_ERROR : name
}

/** An abort by the application is a cancellation, a final 429 a rate limit, everything else an error. */
export function outcomeOf(error: unknown, classes?: object): OutcomeKind {
  if (fieldsOf(error).status === 429) return 'rate_limit'
  return isAbort(error, classes) ? 'cancelled' : 'error'
}

/** Which quota the body of a 429 names. */
export function rateLimitReasonOf(error: unknown): RateLimitReason | undefined {
  const { code, type, status } = fieldsOf(error)
  if (status !== 429) return undefined
  if (code === 'insufficient_quota' || type === 'insufficient_quota') return 'quota'
  return type === 'requests' || type === 'tokens' ? type : undefined
}

/** Codes of an error event that stand for a 429. */
const LIMITS: ReadonlySet<unknown> = new Set(['rate_limit_exceeded', 'insufficient_quota'])

/** What an error event, or a response that failed, says about itself, in the fields of the client's `APIError`. */
export interface EventError {
  readonly code: string
  /** Of a rate limit: which quota. */
  readonly type?: string
  readonly status?: number
}

/**
 * @param error the object within the event; of Responses it may be the event itself.
 * @param unnamed the code of an error that has neither code nor type.
 */
export function readEventError(error: unknown, unnamed: string = STREAM_ERROR): EventError {
  const { code, type, status } = fieldsOf(error)
  const name = asText(code) ?? (type === 'error' ? undefined : asText(type)) ?? unnamed
  const known = typeof status === 'number' ? status : LIMITS.has(name) ? 429 : undefined
  if (known === undefined) return { code: name }
  return { code: name, status: known, ...(known === 429 && typeof type === 'string' && { type }) }
}
