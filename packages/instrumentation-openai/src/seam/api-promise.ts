import { guard } from '@tokenmeter/meter'
import { forgetAbandonment } from './abandoned.ts'
import type { ObservedCall, Refusal } from './observer.ts'
import { type Passage, passageOf } from './passage.ts'
import { type AnyFunction, disguise, ownerOf, type Undo, type Wrapper, wrapMethod } from './patch.ts'
import { listenToBody } from './raw-body.ts'
import { type ApiPromiseLike, isStream, type RawResponse, type ResponseProps } from './shapes.ts'
import { listenToStream } from './stream.ts'

/** `parseResponseWithTimeout(client, props)`: since 7.1. */
export function watchParsing(original: AnyFunction): Wrapper {
  return (client, args) => observeParsing(original.apply(client, args), args.at(-1))
}

/** `request` and `requestAPIList` return the `APIPromise` the application gets, which parses when it is first awaited. */
export function watchPromise(original: AnyFunction, parsesItself: boolean, undos: (Undo | undefined)[]): Wrapper {
  return (client, args) => {
    const promise = original.apply(client, args) as ApiPromiseLike
    guard('watching a promise', watchOne, promise, parsesItself, undos)
    return promise
  }
}

function watchOne(promise: ApiPromiseLike, parsesItself: boolean, undos: (Undo | undefined)[]): void {
  const undo = watchPromiseClass(promise)
  if (undo) undos.push(undo)
  const parse = promise.parseResponse
  if (!parsesItself || typeof parse !== 'function') return
  promise.parseResponse = disguise(parse, (receiver, parsed) =>
    observeParsing(parse.apply(receiver, parsed), parsed.at(-1)),
  )
}

/**
 * Hears what the client parsed, and passes it on. Nothing here listens beside the client, to a promise that somebody else listens to as well: where a
 * promise has two listeners, the engine leaves the frames of the application out of the stacks of its errors.
 */
function observeParsing(parsing: unknown, props: unknown): unknown {
  const passage = passageOf(props)
  const call = passage?.call
  if (!passage || !call) return parsing
  passage.parsing = true
  passage.parsings++
  forgetAbandonment(call)
  return Promise.resolve(parsing).then(
    (value) => {
      passage.parsings--
      passage.ended = true
      if (isStream(value)) guard('listening to a stream', () => listenToStream(value, call))
      else if (value === (props as ResponseProps).response) handOverBinary(props as ResponseProps, call)
      else if (passage.awaited > 0) noteParsed(passage, call, value)
      else call.answered(value)
      return value
    },
    (error: unknown) => {
      passage.parseError = error
      // A body that is read twice fails for the second reader first, while the first one still gets the answer that was paid for.
      if (--passage.parsings === 0 && !passage.parsed) {
        passage.ended = true
        call.failed(error)
      }
      throw error
    },
  )
}

/** Of two readers the first one's answer is the one that counts. */
function noteParsed(passage: Passage, call: ObservedCall, value: unknown): void {
  if (passage.parsed) return
  passage.parsed = true
  call.parsed(value)
}

/** A binary answer is the response itself. Few of them have something to say: events, and what the call itself asks for. */
function handOverBinary({ response }: ResponseProps, call: ObservedCall): void {
  const isEvents = response.headers.get('content-type')?.includes('text/event-stream')
  if (isEvents || call.readsBinary) guard('listening to a body', () => listenToBody(response, call, () => false))
  else call.handedRaw()
}

const watchedPromiseClasses = new WeakSet<object>()

/** The methods that ask for an answer are patched once, on the class that owns them. */
function watchPromiseClass(promise: ApiPromiseLike): Undo | undefined {
  const owner = ownerOf(promise, 'asResponse')
  if (!owner || watchedPromiseClasses.has(owner)) return undefined
  watchedPromiseClasses.add(owner)
  const undos = [wrapMethod(owner, 'asResponse', watchRawAccess), wrapMethod(owner, 'parse', watchAwaiting)]
  return () => {
    watchedPromiseClasses.delete(owner)
    for (const undo of undos) undo?.()
  }
}

/** `asResponse()` gives the raw response and parses nothing. */
function watchRawAccess(original: AnyFunction): Wrapper {
  return (promise: ApiPromiseLike, args) => {
    const passage = passageOf(promise.responsePromise)
    // In v4 to v6 `withResponse` passes here, too, when it has begun to parse.
    if (passage && !promise.parsedPromise) passage.raw = true
    const response: unknown = original.apply(promise, args)
    if (!passage || !(response instanceof Promise)) return response
    return response.then((received: RawResponse) => {
      noteRawAccess(received, passage)
      return received
    })
  }
}

/**
 * `parse()` is behind `then`, `catch`, `finally` and `withResponse`. The helpers that make more of a parsed answer (`_thenUnwrap`: `parse`,
 * embeddings, `output_text`) may fail after that, and then the application has an error.
 */
function watchAwaiting(original: AnyFunction): Wrapper {
  return (promise: ApiPromiseLike, args) => {
    const isFirst = !promise.parsedPromise
    const parsed: unknown = original.apply(promise, args)
    const passage = isFirst ? passageOf(promise.responsePromise) : undefined
    if (!passage || !(parsed instanceof Promise)) return parsed
    passage.awaited++
    const handedOver = parsed.then(
      (value: unknown) => {
        endAwaiting(passage)
        return value
      },
      (error: unknown) => {
        endAwaiting(passage, { error })
        throw error
      },
    )
    promise.parsedPromise = handedOver
    return handedOver
  }
}

function endAwaiting(passage: Passage, refusal?: Refusal): void {
  passage.awaited--
  // What one of two readers of the same body fails with says nothing about the answer that the other one got.
  if (!passage.parsed || (refusal && refusal.error === passage.parseError)) return
  passage.parsed = false
  passage.call?.handedOver(refusal)
}

/** Raw responses that are listened to. */
const tapped = new WeakSet<object>()

function noteRawAccess(response: RawResponse, passage: Passage): void {
  const { call } = passage
  if (!call || passage.parsing || passage.ended || tapped.has(response)) return
  passage.raw = true
  tapped.add(response)
  forgetAbandonment(call)
  guard('listening to a body', () => listenToBody(response, call, () => passage.parsing))
}
