import { AsyncLocalStorage } from 'node:async_hooks'
import type { LineTarget } from './line-target.ts'
import type { LogReport } from './log-report.ts'

/** Characters that wait while a target is slow, some thousands of lines: what comes beyond is lost, and counted. */
const MAX_WAITING = 4 * 1024 * 1024

/**
 * Lines on their way to a target, in their order. Adding one costs a call nothing but the memory: they are written when the event loop has
 * nothing more urgent, and neither they nor a slow target keep the process alive.
 */
export class LineQueue {
  readonly #target: LineTarget
  readonly #report: LogReport
  /** Lines are written for nobody in particular: not in the context, nor in the trace, of the call that happened to be first. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #waiting: string[] = []
  #size = 0
  #added = 0
  /** Of those added: written, lost or taken over. */
  #settled = 0
  #writing: Promise<void> | undefined

  constructor(target: LineTarget, report: LogReport) {
    this.#target = target
    this.#report = report
  }

  hasPending(): boolean {
    return this.#settled < this.#added
  }

  /** @param line with its newline */
  add(line: string): void {
    if (this.#size + line.length > MAX_WAITING) return this.#report.lost(1, 'more lines than can wait')
    this.#waiting.push(line)
    this.#size += line.length
    this.#added++
    this.#writing ??= this.#outside(() => this.#writeAll())
  }

  /** Resolves when everything that waited is written or lost. */
  async flush(): Promise<void> {
    const goal = this.#added
    while (this.#settled < goal) await this.#writing
  }

  /** Writes everything at once: the process is ending. */
  writeNow(deadline: number): void {
    do {
      const batch = this.#takeBatch()
      try {
        this.#target.writeNow(batch.join(''), deadline)
      } catch (error) {
        this.#report.lost(batch.length, error, true)
      }
    } while (this.#waiting.length > 0)
    this.#settled = this.#added
  }

  /** Says how many lines were lost. */
  tellLosses(): void {
    this.#report.tellLosses()
  }

  close(): Promise<void> {
    return this.#target.close()
  }

  async #writeAll(): Promise<void> {
    await new Promise(setImmediate)
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch()
      try {
        await this.#target.write(batch.join(''))
      } catch (error) {
        this.#report.lost(batch.length, error)
      }
      this.#settled = Math.min(this.#settled + batch.length, this.#added)
    }
    this.#writing = undefined
  }

  #takeBatch(): string[] {
    let count = 0
    let size = 0
    for (const { length } of this.#waiting) {
      if (count > 0 && size + length > this.#target.batchSize) break
      size += length
      count++
    }
    this.#size -= size
    return this.#waiting.splice(0, count)
  }
}
