import { writeSync } from 'node:fs'
import { countLines, type LineTarget, sleepNow } from './line-target.ts'
import type { LogReport } from './log-report.ts'

/** The part of `process.stdout` that is used. */
export interface StandardStream {
  /** Bytes that the application wrote and nobody has taken. */
  readonly writableLength?: number
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown
  once(event: 'error', listener: () => void): unknown
  listenerCount(event: 'error'): number
}

/**
 * Bytes that go into a pipe whole or not at all: PIPE_BUF of Linux (pipe(7)). Where it is less, a line may go in two parts, one right
 * after the other.
 */
const ATOMIC = 4096
const RETRY_MS = 20
const RETRY_NOW_MS = 2

/**
 * Lines on standard output or standard error, between whole lines of the application's.
 *
 * They go straight to the file descriptor, which Node has made non-blocking where it is a pipe. Written to the stream, they would wait in the
 * application's own queue: a reader that is slow would keep the process alive, `process.exit()` would lose them, and a reader that is gone would
 * be an `error` event that ends an application which itself never writes.
 */
export class StandardLines implements LineTarget {
  readonly batchSize: number = ATOMIC
  readonly #fd: number
  readonly #stream: StandardStream
  readonly #report: LogReport
  #underWay: Buffer | undefined
  #broken: unknown
  #isApart = false

  constructor(fd: number, stream: StandardStream, report: LogReport) {
    this.#fd = fd
    this.#stream = stream
    this.#report = report
  }

  async write(lines: string): Promise<void> {
    const bytes = Buffer.from(lines)
    this.#underWay = bytes
    while (this.#underWay === bytes && !this.#tryWrite(bytes)) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
    }
    this.#underWay = undefined
  }

  writeNow(lines: string, deadline: number): void {
    const waited = this.#underWay
    this.#underWay = undefined
    if (waited) this.#insist(waited, deadline)
    if (lines !== '') this.#insist(Buffer.from(lines), deadline)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #insist(bytes: Buffer, deadline: number): void {
    // What the application has under way is lost when the process ends, and its last line may be torn.
    if (this.#isStreamBusy() && !this.#isApart) {
      this.#isApart = true
      this.#insist(Buffer.from('\n'), deadline)
    }
    let rest = bytes
    while (rest.length > 0) {
      const written = this.#writeSome(rest, true)
      if (written === undefined) return
      rest = rest.subarray(written)
      if (written === 0 && !waits(deadline)) return this.#report.lost(countLines(rest), 'nobody reads it', true)
    }
  }

  /** @returns whether that is done with: not while the application's own bytes wait, or nobody reads */
  #tryWrite(bytes: Buffer): boolean {
    if (this.#isStreamBusy()) return false
    const written = this.#writeSome(bytes, false)
    if (written === 0) return false
    if (written !== undefined && written < bytes.length) this.#finishInStream(bytes.subarray(written))
    return true
  }

  /** @returns how many bytes; `undefined` when it cannot be done, and that has been said */
  #writeSome(bytes: Buffer, quiet: boolean): number | undefined {
    try {
      if (this.#broken !== undefined) throw this.#broken
      return writeSync(this.#fd, bytes)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return 0
      // A reader that is gone does not come back; a disk may have room again.
      if (code === 'EPIPE') this.#broken = error
      this.#report.lost(countLines(bytes), error, quiet)
      return undefined
    }
  }

  /** The rest of a torn line, before anything else of the application's. */
  #finishInStream(rest: Buffer): void {
    this.#stream.write(rest, (error) => {
      if (!error) return
      this.#report.lost(countLines(rest), error)
      // As `console` does it: the event that follows would end an application that does not listen.
      if (this.#stream.listenerCount('error') === 0) this.#stream.once('error', () => {})
    })
  }

  #isStreamBusy(): boolean {
    return (this.#stream.writableLength ?? 0) > 0
  }
}

/** Waits a little, unless the time is up. */
function waits(deadline: number): boolean {
  if (performance.now() >= deadline) return false
  sleepNow(RETRY_NOW_MS)
  return true
}
