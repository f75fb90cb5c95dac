import type { LastWork } from '../exit.ts'
import type { LineQueue } from '../logs/line-queue.ts'
import type { DeliveryReport } from './delivery-report.ts'
import { deliverLast } from './last-delivery.ts'
import type { Outlet } from './outlet.ts'

/** The longest that the end of a process is delayed. */
export const EXIT_BOUND_MS = 2000
/** What can be left to the next process is given up before, so that nothing else is taken for late because of it. */
const HERITAGE_BOUND_MS = 1800

/** Flushes that the SDK's own processors do, for exporters that are not ours. */
export type SdkFlush = () => Promise<unknown>

/** What can be left to the next process when this one has no time for it: budgets and their alerts. */
export interface Heritage {
  readonly isPending: boolean
  /** Brings to its end what it can; never rejects. */
  flush(timeoutMs: number): Promise<void>
  /** Writes down the rest, at once. */
  leave(): void
}

/** Brings everything that has been measured to the Collector, and to the log of calls, before the process ends. */
export class LastFlush implements LastWork {
  readonly #outlets: readonly Outlet[]
  readonly #report: DeliveryReport
  readonly #endOpenCalls: () => void
  readonly #lines: LineQueue | undefined
  readonly #heritage: Heritage | undefined
  #sdkFlushes: readonly SdkFlush[]
  #gaveUp = false

  /**
   * @param endOpenCalls ends the calls that are still open, so that they are delivered too
   */
  constructor(
    outlets: readonly Outlet[],
    sdkFlushes: readonly SdkFlush[],
    report: DeliveryReport,
    endOpenCalls: () => void,
    lines?: LineQueue,
    heritage?: Heritage,
  ) {
    this.#outlets = outlets
    this.#sdkFlushes = sdkFlushes
    this.#report = report
    this.#endOpenCalls = endOpenCalls
    this.#lines = lines
    this.#heritage = heritage
  }

  isPending(): boolean {
    if (this.#gaveUp) return false
    this.#endOpenCalls()
    if (this.#lines?.hasPending() || this.#heritage?.isPending) return true
    return this.#sdkFlushes.length > 0 || this.#outlets.some((outlet) => outlet.hasPending())
  }

  async finish(): Promise<void> {
    this.#endOpenCalls()
    this.#hurry(true)
    const flushes = this.#sdkFlushes
    this.#sdkFlushes = []
    const pending = this.#outlets.filter((outlet) => outlet.hasPending())
    const inherited = this.#heritage?.isPending ? this.#heritage.flush(HERITAGE_BOUND_MS) : undefined
    const all = [...pending.map((outlet) => outlet.flush()), ...flushes.map(run), this.#lines?.flush(), inherited]
    const inTime = await within(EXIT_BOUND_MS, all)
    this.#heritage?.leave()
    this.#gaveUp ||= !inTime
    this.#hurry(false)
    if (inTime) this.#tellLosses()
  }

  finishNow(): void {
    this.#endOpenCalls()
    this.#heritage?.leave()
    const pending = this.#outlets.filter((outlet) => outlet.hasPending())
    const requests = pending.flatMap(({ sender, takeAll }, index) =>
      takeAll.call(pending[index]).map((request) => ({ ...request, sender, target: sender.target })),
    )
    this.#hurry(true)
    const end = performance.now() + (this.#gaveUp ? 0 : EXIT_BOUND_MS)
    // A reader that has stopped must not take all the time of a Collector that answers.
    this.#lines?.writeNow(requests.length > 0 ? end - EXIT_BOUND_MS / 2 : end)
    const reasons = this.#gaveUp
      ? requests.map(() => `no answer within ${EXIT_BOUND_MS} ms`)
      : requests.length > 0
        ? deliverLast(requests, Math.max(1, Math.ceil(end - performance.now())))
        : []
    for (const [index, { sender, count }] of requests.entries()) {
      const reason = reasons[index]
      if (reason !== undefined) sender.lose(count, reason)
    }
    this.#tellLosses()
  }

  /** Delivers everything, then ends the providers, which have nothing to deliver then. */
  async end(shutdown: () => Promise<unknown>): Promise<void> {
    await this.finish()
    if (this.#lines?.hasPending()) {
      this.#lines.writeNow(performance.now())
      this.#lines.tellLosses()
    }
    for (const { sender } of this.#outlets) sender.close()
    await within(EXIT_BOUND_MS, [shutdown(), this.#lines?.close()])
  }

  flushInBackground(): void {
    void this.#lines?.flush()
    void this.#heritage?.flush(HERITAGE_BOUND_MS)
    for (const outlet of this.#outlets) void outlet.flush()
  }

  /** Delivers what there is; the process goes on. Resolves after `timeoutMs` at the latest. */
  async flush(timeoutMs: number): Promise<void> {
    const outlets = this.#outlets.map((outlet) => outlet.flush())
    await within(timeoutMs, [...outlets, this.#lines?.flush(), this.#heritage?.flush(timeoutMs)])
  }

  #tellLosses(): void {
    this.#lines?.tellLosses()
    this.#report.tellLosses()
  }

  #hurry(hurried: boolean): void {
    for (const { sender } of this.#outlets) sender.hurry(hurried)
  }
}

const run = (flush: SdkFlush): Promise<unknown> => flush()

/** Whether all are settled before the time is up. The timer keeps the process alive meanwhile: nothing else does. */
async function within(timeoutMs: number, all: readonly (Promise<unknown> | undefined)[]): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, timeoutMs, false)))
  const settled = Promise.allSettled(all).then(() => true)
  const inTime = await Promise.race([settled, timeUp])
  clearTimeout(timer)
  return inTime
}
