import type { Steps } from '../../src/content/cleaning.ts'

/** Runs interrupted work to its end. */
export async function drain<Result>(steps: Steps<Result>): Promise<Result> {
  let answer: unknown
  for (;;) {
    const { done, value } = steps.next(answer)
    if (done) return value
    answer = await (value as PromiseLike<unknown> | undefined)
  }
}

/** Resolves when jobs that were given to a queue so far have been done. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}
