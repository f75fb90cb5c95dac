import type {
  AggregationOption,
  AggregationTemporality,
  InstrumentType,
  MetricReader,
  PushMetricExporter,
  ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { collectNow } from '../collect-now.ts'
import type { LocalHistogramProducer } from '../local-histograms.ts'
import { scrubMetrics } from '../net/metrics.ts'
import type { ScrubbingNet } from '../net/net.ts'
import { sdkModules } from '../sdk-modules.ts'
import type { MetricPreferences } from './metric-preferences.ts'
import { metricTotal } from './metric-total.ts'
import type { Outlet } from './outlet.ts'
import type { OtlpSender, Request } from './sender.ts'

/**
 * Sends what a metric reader collects to the Collector.
 *
 * An export is reported as done when the request is on its way: the SDK's reader would otherwise keep the process alive until
 * the Collector answers.
 */
export class OtlpMetrics implements PushMetricExporter, Outlet {
  readonly sender: OtlpSender
  readonly #preferences: MetricPreferences
  readonly #json: boolean
  readonly #underWay = new Set<Promise<void>>()
  /** Collected already, which starts the next delta, and not yet on their way. */
  #held: Request[] = []
  /** The total of the last export that arrived, or that was given up because the process ends. */
  #settled: number | undefined
  #reader: MetricReader | undefined
  readonly #localHistograms: LocalHistogramProducer | undefined
  readonly #net: ScrubbingNet | undefined

  constructor(
    sender: OtlpSender,
    preferences: MetricPreferences,
    json: boolean,
    localHistograms?: LocalHistogramProducer,
    net?: ScrubbingNet,
  ) {
    this.#net = net
    this.sender = sender
    this.#preferences = preferences
    this.#json = json
    this.#localHistograms = localHistograms
  }

  /** The reader whose metrics these are; its newest ones are collected when the process ends. */
  attach(reader: MetricReader): void {
    this.#reader = reader
  }

  export(metrics: ResourceMetrics, done: (result: { code: number }) => void): void {
    const request = this.#request(metrics)
    if (request) this.#send(request, metricTotal(metrics))
    done({ code: sdkModules.core().ExportResultCode.SUCCESS })
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  shutdown(): Promise<void> {
    return this.forceFlush()
  }

  selectAggregationTemporality(instrument: InstrumentType): AggregationTemporality {
    return this.#preferences.temporality(instrument)
  }

  selectAggregation(instrument: InstrumentType): AggregationOption {
    return this.#preferences.aggregation(instrument)
  }

  hasPending(): boolean {
    const metrics = this.#collect()
    if (!metrics) return this.#settled === undefined
    const total = metricTotal(metrics)
    if (this.#preferences.isCumulative) return total !== (this.#settled ?? 0)
    const request = total === 0 ? undefined : this.#request(metrics)
    if (request) this.#held.push(request)
    return this.#held.length > 0
  }

  async flush(): Promise<void> {
    for (const request of this.#held.splice(0)) this.#send(request, 0)
    await this.#reader?.forceFlush()
    const metrics = this.sender.isHurried && this.#preferences.isCumulative ? this.#collect() : undefined
    if (metrics) this.#settled = metricTotal(metrics)
  }

  takeAll(): Request[] {
    const metrics = this.#collect()
    const newest = metrics && this.#request(metrics)
    if (metrics) this.#settled = metricTotal(metrics)
    return [...this.sender.takeUnderWay(), ...this.#held.splice(0), ...(newest ? [newest] : [])]
  }

  #collect(): ResourceMetrics | undefined {
    const metrics = this.#reader && collectNow(this.#reader)
    const local = this.#localHistograms?.collectNow() ?? []
    return metrics && { ...metrics, scopeMetrics: [...metrics.scopeMetrics, ...local] }
  }

  #send(request: Request, total: number): void {
    const sending = this.#deliver(request, total)
    this.#underWay.add(sending)
    void sending.finally(() => this.#underWay.delete(sending))
  }

  async #deliver(request: Request, total: number): Promise<void> {
    const arrived = await this.sender.send(request)
    if (arrived) this.#settled = total
  }

  #request(metrics: ResourceMetrics): Request | undefined {
    const { JsonMetricsSerializer, ProtobufMetricsSerializer } = sdkModules.otlpTransformer()
    const clean = this.#net ? scrubMetrics(metrics, this.#net) : metrics
    const body = (this.#json ? JsonMetricsSerializer : ProtobufMetricsSerializer).serializeRequest(clean)
    return body && { body, count: 1 }
  }
}
