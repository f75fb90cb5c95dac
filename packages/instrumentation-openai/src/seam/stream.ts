import { forgetAbandonment, watchForAbandonment } from './abandoned.ts'
import type { ObservedCall } from './observer.ts'
import { disguise, overrideMethod } from './patch.ts'
import type { StreamLike } from './shapes.ts'

/**
 * Listens to a stream as the application reads it: nothing is read ahead, copied or kept, and the application keeps the client's
 * own objects. Everything that reads a `Stream` (loops, `tee`, `toReadableStream`, helpers) starts at its property `iterator`.
 */
export function listenToStream(stream: StreamLike, call: ObservedCall): void {
  const onChunk = call.streaming()
  const { signal } = stream.controller
  const makeIterator = stream.iterator
  let isFirst = true
  watchForAbandonment(stream, call)
  stream.iterator = disguise(makeIterator, (receiver) => {
    const chunks = makeIterator.call(receiver as StreamLike)
    // A second iteration is an error of the application's that the client reports; the call has its own end.
    if (!isFirst) return chunks
    isFirst = false
    forgetAbandonment(call)
    listenToIterator(chunks, call, onChunk, signal)
    watchForAbandonment(chunks, call)
    return chunks
  })
}

type IteratorMethod = (value?: unknown) => Promise<IteratorResult<unknown>>

/** `signal` is taken out of the stream beforehand: these closures must not keep the stream itself alive. */
function listenToIterator(
  chunks: AsyncIterator<unknown>,
  call: ObservedCall,
  onChunk: (chunk: unknown) => boolean,
  signal: AbortSignal,
): void {
  const next = chunks.next as IteratorMethod
  const onResult = (result: IteratorResult<unknown>): IteratorResult<unknown> | Promise<IteratorResult<unknown>> => {
    if (!result.done) return onChunk(result.value) ? nextChunk() : result
    forgetAbandonment(call)
    call.streamEnded(signal.aborted ? 'aborted' : 'done')
    return result
  }
  const onError = (error: unknown): never => {
    forgetAbandonment(call)
    call.failed(error)
    throw error
  }
  const nextChunk = (value?: unknown): Promise<IteratorResult<unknown>> =>
    next.call(chunks, value).then(onResult, onError)
  overrideMethod(chunks, 'next', nextChunk)
  overrideEnd(chunks, 'return', call)
  overrideEnd(chunks, 'throw', call)
}

function overrideEnd(chunks: AsyncIterator<unknown>, name: 'return' | 'throw', call: ObservedCall): void {
  const method = chunks[name] as IteratorMethod | undefined
  if (!method) return
  overrideMethod(chunks, name, function endOfChunks(this: unknown, value?: unknown) {
    forgetAbandonment(call)
    call.streamEnded('stopped')
    return method.call(this as AsyncIterator<unknown>, value)
  })
}
