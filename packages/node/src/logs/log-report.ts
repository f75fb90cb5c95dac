import { diag } from '@opentelemetry/api'
import { guard } from '@tokenmeter/meter'

/** What is told about lines that were lost: one warning in the life of the process, and their number at its end. */
export class LogReport {
  readonly #target: string
  readonly #advice: string
  #lost = 0
  #reason = ''
  #warned = false

  /**
   * @param target where the lines should go, for the sentence "cannot write the log of calls to …"
   * @param advice what to do about it
   */
  constructor(target: string, advice: string) {
    this.#target = target
    this.#advice = advice
  }

  /** @param quiet leaves the warning to `tellLosses`, for the end of the process */
  lost(count: number, error: unknown, quiet: boolean = false): void {
    if (count === 0) return
    this.#lost += count
    this.#reason = reasonOf(error)
    if (!quiet) this.warn(error)
  }

  /** Says that nothing can be written, before anything is lost. */
  warn(error: unknown): void {
    if (this.#warned) return
    this.#warned = true
    const why = reasonOf(error)
    say(`cannot write the log of calls to ${this.#target} (${why}); the application is not affected. ${this.#advice}`)
  }

  /** One line about everything that was lost since the last time; nothing if nothing was. */
  tellLosses(): void {
    if (this.#lost === 0) return
    const lines = this.#lost === 1 ? '1 line' : `${this.#lost} lines`
    this.#lost = 0
    this.#warned = true
    say(`${lines} of the log of calls could not be written to ${this.#target} (${this.#reason})`)
  }
}

/** The logger is the application's, and there is nobody to whom it could throw. */
const say = (message: string): void => guard('the report about the log', () => diag.warn(message))

/** The code of a system error: its message names the path a second time. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return (error as NodeJS.ErrnoException).code ?? error.name
}
