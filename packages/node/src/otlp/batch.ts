import type { Outlet } from './outlet.ts'
import type { OtlpSender, Request } from './sender.ts'

/** How many items wait for how long. The defaults are those of OpenTelemetry's batch processors. */
export interface BatchLimits {
  /** Items that wait; what comes beyond is lost. */
  readonly maxQueueSize: number
  /** Items of one request. */
  readonly maxBatchSize: number
  /** The longest that an item waits for company. */
  readonly delayMs: number
}

/**
 * Collects spans or log records into requests, one under way at a time, as OpenTelemetry's batch processors do. Theirs keep
 * the process alive while a request is under way, up to 30 s for a Collector that does not answer, and hide what waits, which
 * then cannot be saved when the process ends; hence this one.
 */
export class Batch<Item> implements Outlet {
  readonly sender: OtlpSender
  readonly #serialize: (items: Item[]) => Uint8Array | undefined
  readonly #limits: BatchLimits
  #queue: Item[] = []
  #added = 0
  /** Of those added: delivered, lost or taken over. */
  #settled = 0
  #timer: NodeJS.Timeout | undefined
  #sending: Promise<void> | undefined

  constructor(sender: OtlpSender, serialize: (items: Item[]) => Uint8Array | undefined, limits: BatchLimits) {
    this.sender = sender
    this.#serialize = serialize
    this.#limits = limits
  }

  hasPending(): boolean {
    return this.#settled < this.#added
  }

  add(item: Item): void {
    if (this.#queue.length >= this.#limits.maxQueueSize) return this.sender.lose(1, 'more than the queue holds')
    this.#queue.push(item)
    this.#added++
    this.#sendSoon()
  }

  /** Resolves when everything that waited is delivered or lost. */
  async flush(): Promise<void> {
    const goal = this.#added
    while (this.#settled < goal) {
      if (!this.#sending) this.#sendNow()
      await this.#sending
    }
  }

  forceFlush(): Promise<void> {
    return this.flush()
  }

  shutdown(): Promise<void> {
    return this.flush()
  }

  /** Takes over everything, under way or waiting: whoever calls this delivers it. */
  takeAll(): Request[] {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const requests = this.sender.takeUnderWay()
    while (this.#queue.length > 0) {
      const request = this.#takeRequest()
      if (request) requests.push(request)
    }
    this.#settled = this.#added
    return requests
  }

  #sendSoon(): void {
    if (this.#sending) return
    if (this.#queue.length >= this.#limits.maxBatchSize) return this.#sendNow()
    this.#timer ??= setTimeout(() => this.#sendNow(), this.#limits.delayMs).unref()
  }

  #sendNow(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const request = this.#takeRequest()
    if (!request) return
    this.#sending = this.#deliver(request)
  }

  async #deliver(request: Request): Promise<void> {
    await this.sender.send(request)
    this.#sending = undefined
    this.#settled = Math.min(this.#settled + request.count, this.#added)
    if (this.#queue.length > 0) this.#sendSoon()
  }

  #takeRequest(): Request | undefined {
    const items = this.#queue.splice(0, this.#limits.maxBatchSize)
    if (items.length === 0) return undefined
    try {
      const body = this.#serialize(items)
      if (body) return { body, count: items.length }
      this.sender.lose(items.length, 'it cannot be serialized')
    } catch (error) {
      this.sender.lose(items.length, String(error))
    }
    this.#settled += items.length
    return undefined
  }
}
