import { diag, type DiagLogger, DiagLogLevel } from '@opentelemetry/api'

/** What was said through OpenTelemetry's `diag` while this was in use. */
export class Diagnostics implements Disposable {
  readonly warnings: string[] = []
  readonly errors: string[] = []

  constructor() {
    const logger: DiagLogger = {
      error: (message) => void this.errors.push(message),
      warn: (message) => void this.warnings.push(message),
      info: () => {},
      debug: () => {},
      verbose: () => {},
    }
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  }

  [Symbol.dispose](): void {
    diag.disable()
  }
}
