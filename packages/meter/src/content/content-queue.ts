import { builtIn } from '../built-in.ts'
import { guard, reportPrivately, warnOnce } from '../guard.ts'
import type { Steps } from './cleaning.ts'

/** Longest that the event loop is held at a time, but for a single step. Nobody waits for what is done here. */
const SLICE_MS = 4

/** One content that waits to be made clean. */
export interface Job {
  /** UTF-16 units that it holds on to. */
  readonly size: number
  steps(): Steps<void>
  /** There was no time, or no room, or it failed: goes on without the content. */
  giveUp(): void
}

/** Most units of text that wait; beyond it content is given up, so that a process under load does not grow. */
const MAX_WAITING = 33_554_432

/** A job that has begun. */
interface Running {
  readonly job: Job
  readonly steps: Steps<void>
  /** What the promise it waited for resolved with. */
  answer: unknown
}

/** Does its jobs in slices, when the turn of the event loop in which they came is over. What waits for a promise stands aside meanwhile. */
export class ContentQueue {
  readonly #ready: Running[] = []
  readonly #aside = new Set<Running>()
  #waiting = 0
  /** Takes back that there is a slice to come. */
  #cancel: (() => void) | undefined

  add(job: Job): void {
    if (this.#waiting + job.size > MAX_WAITING) {
      warnOnce(
        'content queue',
        'tokenmeter: calls end faster than their content can be scrubbed or stored; content of some of them is not recorded',
      )
      return job.giveUp()
    }
    this.#waiting += job.size
    this.#ready.push({ job, steps: job.steps(), answer: undefined })
    this.#schedule()
  }

  /**
   * Does now what can be done without waiting, and gives up the rest: for the end of the process.
   *
   * @param withinMs the longest that this may take.
   */
  settle(withinMs: number): void {
    const deadline = performance.now() + withinMs
    while (this.#ready.length > 0 && performance.now() <= deadline) this.#step()
    this.#cancel?.()
    this.#cancel = undefined
    const left = [...this.#ready.splice(0), ...this.#aside]
    this.#aside.clear()
    for (const running of left) this.#giveUp(running)
  }

  #schedule(): void {
    if (this.#cancel || this.#ready.length === 0) return
    this.#cancel = afterThisTurn(() => {
      this.#cancel = undefined
      this.#slice()
    })
  }

  #slice(): void {
    const end = performance.now() + SLICE_MS
    while (this.#ready.length > 0) {
      this.#step()
      if (performance.now() >= end) break
    }
    this.#schedule()
  }

  /** One step of the job that came first. */
  #step(): void {
    const [running] = this.#ready
    if (!running) return
    try {
      const { done, value } = running.steps.next(running.answer)
      running.answer = undefined
      if (!done && !value) return
      this.#ready.shift()
      if (done) this.#waiting -= running.job.size
      else if (value) this.#wait(running, value)
    } catch (error) {
      reportPrivately('recording content', error)
      if (this.#ready[0] === running) this.#ready.shift()
      this.#giveUp(running)
    }
  }

  #wait(running: Running, promise: PromiseLike<unknown>): void {
    this.#aside.add(running)
    const goOn = (answer: unknown): void => {
      if (!this.#aside.delete(running)) return
      running.answer = answer
      this.#ready.push(running)
      this.#schedule()
    }
    promise.then(goOn, () => goOn(undefined))
  }

  #giveUp({ job }: Running): void {
    this.#waiting -= job.size
    guard('recording a call without its content', () => job.giveUp())
  }
}

/** Not by the global functions where there are others: an application's tests may have replaced those. Returns how to call it off. */
function afterThisTurn(run: () => void): () => void {
  const timers = builtIn('node:timers')
  if (!timers) {
    const timer = setTimeout(run, 0)
    return () => clearTimeout(timer)
  }
  const immediate = timers.setImmediate(run)
  return () => timers.clearImmediate(immediate)
}
