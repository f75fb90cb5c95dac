import { diag, DiagLogLevel } from '@opentelemetry/api'

/** What is said through OpenTelemetry's `diag`, from now on. */
export function listenToDiag(): Disposable & { readonly lines: readonly string[] } {
  const lines: string[] = []
  const note = (message: string): void => void lines.push(message)
  const logger = { error: note, warn: note, info() {}, debug() {}, verbose() {} }
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  return { lines, [Symbol.dispose]: () => diag.disable() }
}
