import { guard } from '@tokenmeter/meter'
import { forgetAbandonment, watchForAbandonment } from './abandoned.ts'
import type { ObservedBody, ObservedCall } from './observer.ts'
import { overrideMethod } from './patch.ts'
import type { RawResponse } from './shapes.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- methods of the platform, whose arguments are passed on unseen
type Method = (this: any, ...args: any[]) => any
type Methods = { readonly [name: string | symbol]: Method | undefined }

/** A raw response in the hands of the application. */
interface Tap {
  readonly call: ObservedCall
  readonly body: ObservedBody
  /** Whether the client itself has begun to parse, or `json()` reads: then the bytes are not looked at. */
  readonly isSilent: () => boolean
}

/**
 * Listens to what the application reads of a raw response, with methods of its own on this response and its body. Nothing is read,
 * copied or delayed for it; a body that nobody reads stays unread. What cannot be listened to (`tee`, `pipeTo`, `pipeThrough`, `clone`:
 * the platform passes on what is inside the body) ends the call there and then, without usage.
 */
export function listenToBody(response: RawResponse, call: ObservedCall, isParsing: () => boolean): void {
  const { body } = response
  if (typeof body !== 'object' || body === null || !Object.isExtensible(body) || !Object.isExtensible(response)) {
    call.handedRaw()
    return
  }
  let isReadAsJson = false
  const tap: Tap = {
    call,
    body: call.handedBody(response.headers.get('content-type') ?? ''),
    isSilent: () => isReadAsJson || isParsing(),
  }
  watchForAbandonment(body, call)
  replace(response, 'json', (json) => {
    return function readAsJson(...args) {
      if (isReadAsJson || isParsing() || (this as Response).bodyUsed) return json.apply(this, args)
      isReadAsJson = true
      forgetAbandonment(call)
      return (json.apply(this, args) as Promise<unknown>).then(
        (value) => {
          if (!isParsing()) call.answered(value)
          return value
        },
        (error: unknown) => {
          if (!isParsing()) call.failed(error)
          throw error
        },
      )
    }
  })
  if (typeof (body as unknown as Methods)['getReader'] === 'function') listenToWebStream(response, body, tap)
  else listenToNodeStream(body, tap)
}

/** The streams of the platform: openai 5 and later, and openai 4 with its web shims. */
function listenToWebStream(response: RawResponse, body: object, tap: Tap): void {
  const { call } = tap
  replace(body, 'getReader', (getReader) => {
    return function getListenedReader(...args) {
      const reader = getReader.apply(this, args) as object
      guard('listening to a reader', () => listenToReader(reader, tap))
      return reader
    }
  })
  // The platform's iterator does not call the method above.
  for (const name of ['values', Symbol.asyncIterator]) {
    replace(body, name, (values) => {
      return function iterate(...args) {
        const iterator = values.apply(this, args) as object
        guard('listening to a body', () => listenToSource(iterator, 'next', 'return', tap, () => false))
        return iterator
      }
    })
  }
  endsBy(
    body,
    'cancel',
    tap,
    (stream) => !(stream as ReadableStream).locked,
    () => call.streamEnded('stopped'),
  )
  for (const name of ['tee', 'pipeTo', 'pipeThrough'])
    endsBy(
      body,
      name,
      tap,
      () => true,
      () => call.handedRaw(),
    )
  endsBy(
    response,
    'clone',
    tap,
    () => true,
    () => call.handedRaw(),
  )
}

function listenToReader(reader: object, tap: Tap): void {
  let isReleased = false
  listenToSource(reader, 'read', 'cancel', tap, () => isReleased)
  replace(reader, 'releaseLock', (release) => {
    return function releaseLock(...args) {
      isReleased = true
      return release.apply(this, args)
    }
  })
}

/** Listens to one way of taking pieces out of a body. A reader that has been released fails without meaning anything. */
function listenToSource(source: object, take: string, leave: string, tap: Tap, isReleased: () => boolean): void {
  const { call, body, isSilent } = tap
  const onResult = (result: IteratorResult<Uint8Array>): IteratorResult<Uint8Array> => {
    if (isSilent()) return result
    if (result.value) guard('reading a raw body', () => body.read(result.value as Uint8Array))
    if (result.done) {
      forgetAbandonment(call)
      guard('ending a raw body', () => body.ended())
    }
    return result
  }
  const onError = (error: unknown): never => {
    if (!isSilent() && !isReleased()) {
      forgetAbandonment(call)
      call.failed(error)
    }
    throw error
  }
  replace(source, take, (original) => {
    return function takePiece(...args) {
      return (original.apply(this, args) as Promise<IteratorResult<Uint8Array>>).then(onResult, onError)
    }
  })
  endsBy(
    source,
    leave,
    tap,
    () => !isReleased(),
    () => call.streamEnded('stopped'),
  )
}

/** node-fetch gives openai 4 a stream of Node's, which tells everything as events, whichever way it is read. */
function listenToNodeStream(stream: object, { call, body, isSilent }: Tap): void {
  const heard: { [event: string]: (value: unknown) => void } = {
    data: (value) => body.read(value as Uint8Array | string),
    end: () => body.ended(),
    error: (error) => call.failed(error),
    close: () => call.streamEnded('stopped'),
  }
  replace(stream, 'emit', (emit) => {
    return function emitHeard(...args) {
      const [event, value] = args as [unknown, unknown]
      if (typeof event === 'string' && Object.hasOwn(heard, event) && !isSilent()) {
        guard('reading a raw body', () => heard[event]?.(value))
        if (event !== 'data') forgetAbandonment(call)
      }
      return emit.apply(this, args)
    }
  })
}

/** A method that ends the call when it is called and `counts`. */
function endsBy(target: object, name: string, tap: Tap, counts: (target: object) => boolean, end: () => void): void {
  replace(target, name, (original) => {
    return function ending(...args) {
      if (!tap.isSilent() && counts(this as object)) {
        forgetAbandonment(tap.call)
        end()
      }
      return original.apply(this, args)
    }
  })
}

/** Gives an object a method of its own, in place of the one it inherits. Its name and length stay. */
function replace(target: object, name: string | symbol, wrap: (original: Method) => Method): void {
  const original = (target as Methods)[name]
  if (typeof original !== 'function') return
  const wrapper = wrap(original)
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true })
  overrideMethod(target, name, wrapper)
}
