import { diag } from '@opentelemetry/api'
import { registered } from './otel-globals.ts'

const MAX_REMEMBERED = 1000
const said = new Set<string>()

/** Says `message` through OpenTelemetry's `diag` the first time `key` comes up, and never again in this process. */
export function warnOnce(key: string, message: string): void {
  if (isFirst(key)) say(() => diag.warn(message))
}

/** Says through OpenTelemetry's `diag` what is good to know and no fault. */
export function inform(message: string): void {
  say(() => diag.info(message))
}

/**
 * Says `message` as `warnOnce` does, and on `console.warn` where nobody has given `diag` a logger: for what would leave an application without any
 * telemetry, and nobody knowing why.
 */
export function alertOnce(key: string, message: string): void {
  if (!isFirst(key)) return
  say(() => (registered('diag') ? diag.warn(message) : console.warn(message)))
}

/**
 * Runs code of ours that must not reach the host: what it throws is said once for each `what`, then dropped.
 *
 * @param what names the thing that failed, for the message: `sink "span"`.
 * @param args of `run`: what every call passes hands them over, because a closure would be garbage.
 */
export function guard<Args extends readonly unknown[]>(
  what: string,
  run: (...args: Args) => void,
  ...args: Args
): void {
  try {
    run(...args)
  } catch (error) {
    reportFailure(what, error)
  }
}

/** Reports a failure of ours once for each `what`. */
export function reportFailure(what: string, error: unknown): void {
  if (isFirst(what)) say(() => diag.error(failureOf(what, error), error))
}

/** As `reportFailure`, of something that has content in its hands: what the error says may quote it, and is left out. */
export function reportPrivately(what: string, error: unknown): void {
  if (isFirst(what)) say(() => diag.error(failureOf(what, error)))
}

function failureOf(what: string, error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error
  return `tokenmeter: ${what} failed and was skipped; the application is not affected (${name})`
}

/** The logger and the error are the application's: what they throw must not come back to it through us. */
function say(tell: () => void): void {
  try {
    tell()
  } catch {
    return
  }
}

function isFirst(key: string): boolean {
  if (said.has(key) || said.size >= MAX_REMEMBERED) return false
  said.add(key)
  return true
}
