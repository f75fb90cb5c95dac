/**
 * What `start` gives, unless it takes too long; what comes late is dropped.
 *
 * @throws Error after `milliseconds`.
 */
export async function inTime<Result>(start: () => Promise<Result>, milliseconds: number): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds).unref()
  })
  try {
    return await Promise.race([start(), timeUp])
  } finally {
    clearTimeout(timer)
  }
}
