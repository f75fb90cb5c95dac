import { countLines, type LineTarget } from './line-target.ts'
import type { LogReport } from './log-report.ts'

/**
 * Where lines go that the application takes itself: a stream of Node, or any object with a function `write`. It gets one line at a time, with
 * its newline. While a promise that it returns is open, or a stream says `false` and has not drained, the next lines wait.
 */
export interface LineWriter {
  write(line: string): unknown
}

/** The part of an event emitter that is used of a stream. */
interface Emitter {
  on(event: string, listener: (error: unknown) => void): unknown
  once(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
}

/** Lines for a stream or a function of the application's. */
export class WriterLines implements LineTarget {
  readonly batchSize: number = 0
  readonly #writer: LineWriter
  readonly #report: LogReport

  constructor(writer: LineWriter, report: LogReport) {
    this.#writer = writer
    this.#report = report
    // A stream that fails and has no listener ends the process.
    if (isEmitter(writer)) writer.on('error', (error) => this.#report.lost(1, error))
  }

  async write(line: string): Promise<void> {
    try {
      const result = await this.#writer.write(line)
      if (result === false && isEmitter(this.#writer)) await drained(this.#writer)
    } catch (error) {
      this.#report.lost(countLines(Buffer.from(line)), error)
    }
  }

  writeNow(line: string): void {
    if (line !== '') void this.write(line)
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

function isEmitter(writer: object): writer is Emitter {
  const { on, once, off } = writer as Partial<Emitter>
  return typeof on === 'function' && typeof once === 'function' && typeof off === 'function'
}

function drained(stream: Emitter): Promise<void> {
  const events = ['drain', 'close', 'error']
  return new Promise((resolve) => {
    const end = (): void => {
      for (const event of events) stream.off(event, end)
      resolve()
    }
    for (const event of events) stream.once(event, end)
  })
}
