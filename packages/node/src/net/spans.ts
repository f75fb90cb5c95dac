import type { Context } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { ScrubbingNet } from './net.ts'
import { scrubbedResource } from './scrubbed-resource.ts'
import { Warming } from './warming.ts'

type Span = Parameters<SpanProcessor['onStart']>[0]

/**
 * Hands spans to another processor without what is personal or secret in their names, attributes, events, links and statuses, and leaves them as they are for
 * everybody else. They are scrubbed after the turn in which they ended, or when they are exported, whichever is first.
 */
export class ScrubbingSpanProcessor implements SpanProcessor {
  readonly #inner: SpanProcessor
  readonly #net: ScrubbingNet
  readonly #warming = new Warming()

  constructor(inner: SpanProcessor, net: ScrubbingNet) {
    this.#inner = inner
    this.#net = net
  }

  onStart(span: Span, context: Context): void {
    this.#inner.onStart(span, context)
  }

  onEnding(span: Span): void {
    this.#inner.onEnding?.(span)
  }

  onEnd(span: ReadableSpan): void {
    if (!this.#net.covers(span.instrumentationScope.name)) return this.#inner.onEnd(span)
    const scrubbed = new ScrubbedSpan(span, this.#net)
    this.#inner.onEnd(scrubbed)
    this.#warming.add(scrubbed)
  }

  forceFlush(): Promise<void> {
    return this.#inner.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }
}

/** A span that has ended, as exporters may see it. Each part is scrubbed once, when it is first asked for. */
class ScrubbedSpan implements ReadableSpan {
  readonly #span: ReadableSpan
  readonly #net: ScrubbingNet
  #name: string | undefined
  #attributes: ReadableSpan['attributes'] | undefined
  #events: ReadableSpan['events'] | undefined
  #links: ReadableSpan['links'] | undefined
  #status: ReadableSpan['status'] | undefined

  constructor(span: ReadableSpan, net: ScrubbingNet) {
    this.#span = span
    this.#net = net
  }

  warm(): void {
    void [this.name, this.attributes, this.events, this.links, this.status]
  }

  get name(): string {
    return (this.#name ??= this.#net.text(this.#span.name))
  }

  get attributes(): ReadableSpan['attributes'] {
    return (this.#attributes ??= this.#clean(this.#span.attributes))
  }

  get events(): ReadableSpan['events'] {
    return (this.#events ??= this.#span.events.map((event) => ({
      ...event,
      name: this.#net.text(event.name),
      ...(event.attributes && { attributes: this.#clean(event.attributes) }),
    })))
  }

  get links(): ReadableSpan['links'] {
    return (this.#links ??= this.#span.links.map((link) => ({
      ...link,
      ...(link.attributes && { attributes: this.#clean(link.attributes) }),
    })))
  }

  get status(): ReadableSpan['status'] {
    const { status } = this.#span
    if (status.message === undefined) return status
    return (this.#status ??= { ...status, message: this.#net.text(status.message) })
  }

  get resource(): ReadableSpan['resource'] {
    return scrubbedResource(this.#span.resource, this.#net)
  }

  spanContext(): ReturnType<ReadableSpan['spanContext']> {
    return this.#span.spanContext()
  }

  get kind(): ReadableSpan['kind'] {
    return this.#span.kind
  }

  get parentSpanContext(): NonNullable<ReadableSpan['parentSpanContext']> {
    return this.#span.parentSpanContext as NonNullable<ReadableSpan['parentSpanContext']>
  }

  get startTime(): ReadableSpan['startTime'] {
    return this.#span.startTime
  }

  get endTime(): ReadableSpan['endTime'] {
    return this.#span.endTime
  }

  get duration(): ReadableSpan['duration'] {
    return this.#span.duration
  }

  get ended(): boolean {
    return this.#span.ended
  }

  get instrumentationScope(): ReadableSpan['instrumentationScope'] {
    return this.#span.instrumentationScope
  }

  get droppedAttributesCount(): number {
    return this.#span.droppedAttributesCount
  }

  get droppedEventsCount(): number {
    return this.#span.droppedEventsCount
  }

  get droppedLinksCount(): number {
    return this.#span.droppedLinksCount
  }

  #clean<Values extends ReadableSpan['attributes']>(attributes: Values): Values {
    return this.#net.attributes(attributes, this.#span.instrumentationScope.name)
  }
}
