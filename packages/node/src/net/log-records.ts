import type { Context } from '@opentelemetry/api'
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ScrubbingNet } from './net.ts'
import { scrubbedResource } from './scrubbed-resource.ts'
import { Warming } from './warming.ts'

type LogRecord = Parameters<LogRecordProcessor['onEmit']>[0]

/** Hands log records to another processor without what is personal or secret in their bodies, names and attributes. Otherwise as for spans. */
export class ScrubbingLogRecordProcessor implements LogRecordProcessor {
  readonly #inner: LogRecordProcessor
  readonly #net: ScrubbingNet
  readonly #warming = new Warming()

  constructor(inner: LogRecordProcessor, net: ScrubbingNet) {
    this.#inner = inner
    this.#net = net
  }

  onEmit(record: LogRecord, context?: Context): void {
    if (!this.#net.covers(record.instrumentationScope.name)) return this.#inner.onEmit(record, context)
    const scrubbed = new ScrubbedLogRecord(record, this.#net)
    // Whoever exports only reads; who changes records comes before us.
    this.#inner.onEmit(scrubbed as unknown as LogRecord, context)
    this.#warming.add(scrubbed)
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }
}

/** A log record as exporters may see it. */
class ScrubbedLogRecord {
  readonly #record: ReadableLogRecord
  readonly #net: ScrubbingNet
  #attributes: ReadableLogRecord['attributes'] | undefined
  #body: { readonly value: ReadableLogRecord['body'] } | undefined

  constructor(record: ReadableLogRecord, net: ScrubbingNet) {
    this.#record = record
    this.#net = net
  }

  warm(): void {
    void [this.attributes, this.body]
  }

  get attributes(): ReadableLogRecord['attributes'] {
    const { attributes, instrumentationScope } = this.#record
    return (this.#attributes ??= this.#net.attributes(attributes, instrumentationScope.name))
  }

  get body(): ReadableLogRecord['body'] {
    this.#body ??= { value: this.#net.value('body', this.#record.body) as ReadableLogRecord['body'] }
    return this.#body.value
  }

  get eventName(): string | undefined {
    const { eventName } = this.#record
    return eventName === undefined ? undefined : this.#net.text(eventName)
  }

  get resource(): ReadableLogRecord['resource'] {
    return scrubbedResource(this.#record.resource, this.#net)
  }

  get hrTime(): ReadableLogRecord['hrTime'] {
    return this.#record.hrTime
  }

  get hrTimeObserved(): ReadableLogRecord['hrTimeObserved'] {
    return this.#record.hrTimeObserved
  }

  get spanContext(): ReadableLogRecord['spanContext'] {
    return this.#record.spanContext
  }

  get severityText(): string | undefined {
    return this.#record.severityText
  }

  get severityNumber(): ReadableLogRecord['severityNumber'] {
    return this.#record.severityNumber
  }

  get instrumentationScope(): ReadableLogRecord['instrumentationScope'] {
    return this.#record.instrumentationScope
  }

  get droppedAttributesCount(): number {
    return this.#record.droppedAttributesCount
  }
}
