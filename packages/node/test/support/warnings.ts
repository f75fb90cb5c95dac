import { diag, type DiagLogger, DiagLogLevel } from '@opentelemetry/api'

/** The warnings of ours while a test runs. */
export interface Warnings extends Disposable {
  readonly messages: readonly string[]
}

export function keepWarnings(): Warnings {
  const messages: string[] = []
  const warn = (message: string): void => void messages.push(message)
  const logger: DiagLogger = { warn, error: warn, info: warn, debug: warn, verbose: warn }
  diag.setLogger(logger, DiagLogLevel.WARN)
  return { messages, [Symbol.dispose]: () => diag.disable() }
}
