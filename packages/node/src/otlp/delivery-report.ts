import { diag } from '@opentelemetry/api'
import type { Signal, OtlpTarget } from './target.ts'

/** What is told about deliveries that failed: one warning in the life of the process, and the number lost at its end. */
export class DeliveryReport {
  readonly #lost = new Map<Signal, number>()
  #last: { readonly url: string; readonly reason: string } | undefined
  #warned = false
  #toldMetrics = false

  /**
   * @param quiet leaves the warning to `tellLosses`, for the end of the process
   */
  lost(signal: Signal, count: number, target: OtlpTarget, reason: string, quiet: boolean): void {
    this.#lost.set(signal, (this.#lost.get(signal) ?? 0) + count)
    this.#last = { url: new URL(target.url).origin, reason }
    if (quiet || this.#warned) return
    this.#warned = true
    diag.warn(
      `cannot deliver to the OpenTelemetry Collector at ${this.#last.url} (${reason}); the application is not affected. ` +
        'Set OTEL_EXPORTER_OTLP_ENDPOINT to where it is, or TOKENMETER_OTLP=off if there is none',
    )
  }

  /**
   * One line about everything that was lost since the last time; nothing if nothing was. Metrics are mentioned once: while the
   * process ends there can be several last attempts to deliver the same ones.
   */
  tellLosses(): void {
    const summary = this.#summary()
    if (this.#last && summary)
      diag.warn(`${summary} could not be delivered to ${this.#last.url} (${this.#last.reason})`)
    this.#toldMetrics ||= this.#lost.has('metrics')
    this.#warned ||= summary !== ''
    this.#lost.clear()
  }

  #summary(): string {
    const spans = this.#lost.get('traces') ?? 0
    const records = this.#lost.get('logs') ?? 0
    const parts: string[] = []
    if (spans > 0) parts.push(spans === 1 ? '1 span' : `${spans} spans`)
    if (records > 0) parts.push(records === 1 ? '1 log record' : `${records} log records`)
    if (this.#lost.has('metrics') && !this.#toldMetrics) parts.push('the latest metrics')
    return parts.join(' and ')
  }
}
