const BODY_READERS = ['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData', 'clone'] as const

/** What a program leaves behind that no single result shows. */
export interface HostTraces {
  /**
   * What only the end of the process knows: how often bodies were read, by method, the process's warnings, the rejections handled late, and
   * what keeps the process alive. Reads of calls that nobody awaits end at any time, and so are not told scenario by scenario.
   */
  atExit(): Readonly<Record<string, unknown>>
}

/**
 * Counts reads of bodies, warnings of the process and rejections that were handled late, from now on.
 *
 * The prototypes are wrapped before and after any watching alike, so that a read of ours counts as one of the application's.
 */
export function traceHost(): HostTraces {
  const reads: Record<string, number> = {}
  const warnings: string[] = []
  let handledLate = 0
  const count = (name: string): void => void (reads[name] = (reads[name] ?? 0) + 1)
  for (const name of BODY_READERS) countCalls(Response.prototype, name, count)
  countCalls(ReadableStream.prototype, 'getReader', count)
  countCalls(ReadableStream.prototype, 'tee', count)
  countCalls(ReadableStream.prototype, Symbol.asyncIterator, count)
  process.on('warning', ({ name, message }) => void warnings.push(`${name}: ${message}`))
  process.on('rejectionHandled', () => void (handledLate += 1))
  return {
    atExit: () => ({
      bodyReads: Object.entries(reads).toSorted(([a], [b]) => a.localeCompare(b)),
      warnings,
      handledLate,
      resources: process.getActiveResourcesInfo().toSorted(),
    }),
  }
}

function countCalls(prototype: object, name: string | symbol, count: (name: string) => void): void {
  const original: unknown = Reflect.get(prototype, name)
  if (typeof original !== 'function') return
  const counted = function (this: unknown, ...all: unknown[]): unknown {
    count(String(name))
    return Reflect.apply(original, this, all)
  }
  Object.defineProperty(prototype, name, { value: counted, writable: true, configurable: true })
}
