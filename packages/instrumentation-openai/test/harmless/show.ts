import { inspect } from 'node:util'

/** What an application can learn about a value: its class, its keys, hidden ones too, its JSON and how the console shows it. */
export function show(value: unknown): unknown {
  if (value instanceof Error) return showError(value)
  if (value instanceof Promise) return { promise: value.constructor.name }
  if (typeof value === 'object' && value !== null) return showObject(value)
  return inspect(value)
}

function showObject(value: object): unknown {
  return {
    class: classNames(value),
    keys: Reflect.ownKeys(value).map(String),
    json: attempt(() => JSON.stringify(value)),
    console: attempt(() => inspect(value, { depth: 6, breakLength: Infinity })),
  }
}

/** Everything about an error but those frames of its stack that are not the application's, which may differ. */
function showError(error: Error): unknown {
  const { status, code, type, param, error: body, request_id, requestID, cause, errors } = error as ErrorFields
  return {
    class: classNames(error),
    keys: Reflect.ownKeys(error).map(String),
    text: String(error),
    firstStackLine: error.stack?.split('\n', 1)[0],
    frames: framesOfApplication(error),
    status,
    code,
    type,
    param,
    body,
    request_id,
    requestID,
    headers: showHeaders((error as ErrorFields).headers),
    cause: cause instanceof Error ? showCause(cause) : cause,
    errors: Array.isArray(errors) ? errors.map(show) : errors,
  }
}

/** Where the application called the client, which is what somebody who debugs it looks for. */
function framesOfApplication({ stack = '' }: Error): string[] {
  return stack.split('\n').filter((line) => line.includes('/test/harmless/scenarios/'))
}

interface ErrorFields {
  readonly status?: unknown
  readonly code?: unknown
  readonly type?: unknown
  readonly param?: unknown
  readonly error?: unknown
  readonly request_id?: unknown
  readonly requestID?: unknown
  readonly headers?: unknown
  readonly cause?: unknown
  readonly errors?: unknown
}

/** Causes hold sockets and local ports: their class, message and code must do. */
function showCause(cause: Error): unknown {
  const { code, cause: deeper } = cause as ErrorFields
  return {
    class: classNames(cause),
    message: cause.message,
    frames: framesOfApplication(cause),
    code,
    cause: deeper instanceof Error ? showCause(deeper) : deeper,
  }
}

/** Headers as pairs in the order in which they iterate, from `Headers` or from the plain object of openai v4. */
export function showHeaders(headers: unknown): unknown {
  if (headers instanceof Headers) return [...headers]
  if (typeof headers === 'object' && headers !== null) {
    return Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : Object.entries(headers)
  }
  return headers
}

/** Names of the classes of a value, from its own to `Object`. */
function classNames(value: object): string[] {
  const names: string[] = []
  for (let at: unknown = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    names.push((at as { constructor?: { name?: string } }).constructor?.name ?? '')
  }
  return names
}

function attempt(get: () => unknown): unknown {
  try {
    return get()
  } catch (error) {
    return `threw ${String(error)}`
  }
}
