import { context } from '@opentelemetry/api'
import { guard, withoutAttributionBaggage } from '@tokenmeter/meter'
import { forgetAbandonment, watchForAbandonment } from './abandoned.ts'
import { tellUnknown, tellUntested } from './client-version.ts'
import type { ObservedCall, Observer } from './observer.ts'
import { ownerOf, type Undo, wrapMethod } from './patch.ts'
import { listenToBody } from './raw-body.ts'
import { RequestScope } from './request-scope.ts'
import { type ApiPromiseLike, isStream, type RequestOptions, type ResponseProps } from './shapes.ts'
import { listenToStream } from './stream.ts'

/** A request on its way: it becomes a call once its options are known. */
interface Passage {
  call: ObservedCall | undefined
  /** The client has begun to parse the answer. */
  parsing: boolean
  /** How many times it is parsing just now: twice, where an application or another instrumentation awaits the call and its `_thenUnwrap`. */
  parsings: number
  /** The application asks for the raw response, or has it. */
  raw: boolean
  /** The request with a question of ours in its body, and the body that the application gave. */
  questioned: { readonly options: RequestOptions; readonly body: unknown } | undefined
  ended: boolean
}

/** For the attempts on the wire. */
const passages = new RequestScope<Passage>()
/** The client retries with the same options object. */
const byOptions = new WeakMap<object, Passage>()
/** The promise of a request, which the application's promise keeps. */
const byRequest = new WeakMap<object, Passage>()
/** The client parses with the same props object that the request resolved with. */
const byProps = new WeakMap<object, Passage>()

/**
 * Watches all clients of a class: patches the prototype that owns the request path, which every HTTP call of openai v4 to v7
 * passes (notes/openai-client.md). Subclasses and clones are seen too.
 *
 * @param prototype of the client class, or of any subclass.
 * @param observer looked up at each request.
 * @returns how to restore every method, or `undefined` when the class does not have the shape.
 */
export function patchClient(prototype: object, observer: () => Observer | undefined): Undo | undefined {
  const owner = ownerOf(prototype, 'makeRequest')
  if (!owner || ownerOf(prototype, 'fetchWithTimeout') !== owner) {
    tellUnknown(prototype)
    return undefined
  }
  tellUntested(owner)
  const undos: (Undo | undefined)[] = [
    wrapMethod(owner, 'makeRequest', (original) => watchRequest(original, observer)),
    wrapMethod(owner, 'fetchWithTimeout', watchAttempt),
    passages.watchBuilding(owner, (options) => byOptions.get(options)),
  ]
  const parse = wrapMethod(owner, 'parseResponseWithTimeout', watchParsing)
  undos.push(parse)
  for (const name of ['request', 'requestAPIList']) {
    undos.push(wrapMethod(owner, name, (original) => watchPromise(original, parse === undefined, undos)))
  }
  return () => {
    for (const undo of undos) undo?.()
  }
}

// oxlint-disable-next-line typescript/no-explicit-any -- the client's own signatures, which differ between versions
type ClientMethod = (this: any, ...args: any[]) => any

/** `makeRequest(options, retriesRemaining, retryOf)`: once for each attempt, with the same options object on retries. */
function watchRequest(original: ClientMethod, observer: () => Observer | undefined): ClientMethod {
  return function makeRequest(...args) {
    const [input, retriesRemaining, retryOf] = args
    const known = retriesRemaining == null ? undefined : passageOfRetry(input, retryOf)
    // The client awaits a retry itself and hands its outcome up to the first attempt, which is where we listen.
    if (known) return passages.run(known, () => original.apply(this, args))
    const active = observer()
    if (retryOf && passages.isBlind) return original.apply(this, args)
    if (!active) return passages.run(undefined, () => original.apply(this, args))

    const passage: Passage = {
      call: undefined,
      parsing: false,
      parsings: 0,
      raw: false,
      questioned: undefined,
      ended: false,
    }
    const beginning = { parent: context.active(), wallMs: Date.now(), monotonicMs: performance.now() }
    args[0] = whenKnown(input, (options) => {
      guard('watching a request', () => {
        if (typeof options !== 'object' || options === null) return
        passage.call = active.begin(this, options, beginning)
        if (!passage.call) return
        byOptions.set(options, passage)
        // Options that come as a promise are the client's own copy, and known only after the application could ask for the raw response.
        if (args[0] !== options && !passage.raw) question(passage, options)
      })
    })
    const request = passages.run(passage, () => original.apply(this, args)) as Promise<ResponseProps>
    const onProps = (props: ResponseProps): ResponseProps => {
      if (passage.call) guard('watching a response', () => receive(props, passage))
      return props
    }
    const onError = (error: unknown): Promise<ResponseProps> => {
      const options = unquestioned(passage, error)
      if (options) {
        const repeat = passages.run(passage, () =>
          original.call(this, options, ...args.slice(1)),
        ) as Promise<ResponseProps>
        return repeat.then(onProps, onError)
      }
      passage.ended = true
      passage.call?.failed(error)
      throw error
    }
    const watched = request.then(onProps, onError)
    byRequest.set(watched, passage)
    return watched
  }
}

/** Asks, in the body that is about to be sent, for the usage of a stream. */
function question(passage: Passage, options: RequestOptions): void {
  const { body } = options
  const asking = passage.call?.question(body)
  if (!asking) return
  options.body = asking
  passage.questioned = { options, body }
}

/** The options as the application gave them, when the request failed for our question. */
function unquestioned({ call, questioned }: Passage, error: unknown): RequestOptions | undefined {
  if (!questioned || !call?.repeatsAfter(error)) return undefined
  const { options, body } = questioned
  options.body = body
  return options
}

function passageOfRetry(input: unknown, retryOf: unknown): Passage | undefined {
  const passage =
    (typeof input === 'object' && input !== null ? byOptions.get(input) : undefined) ??
    (retryOf ? passages.current() : undefined)
  return passage?.ended ? undefined : passage
}

/** Tells `see` the options before the client sees them: at once, or when their promise resolves. Returns what to pass on. */
function whenKnown(input: unknown, see: (options: unknown) => void): unknown {
  if (typeof (input as PromiseLike<unknown> | undefined)?.then !== 'function') {
    see(input)
    return input
  }
  const promise = input instanceof Promise ? input : Promise.resolve(input as PromiseLike<unknown>)
  promise.then(see, () => {})
  return promise
}

function receive(props: ResponseProps, passage: Passage): void {
  byProps.set(props, passage)
  const watchIfUnread = (): void => {
    const { call } = passage
    if (call && !passage.parsing && !passage.ended && !passage.raw) watchForAbandonment(props, call)
  }
  // An application that awaits its call starts parsing in the next microtask; only the others are worth a finalizer.
  queueMicrotask(() => queueMicrotask(watchIfUnread))
}

/** `fetchWithTimeout(url, init, timeout, controller)`: once for each HTTP request. The client always awaits its promise. */
function watchAttempt(original: ClientMethod): ClientMethod {
  return function fetchWithTimeout(...args) {
    const call = passages.ofAttempt(args[1])?.call
    if (!call) return withoutOurs(() => original.apply(this, args))
    const attempt = call.attempt()
    const response = context.with(call.context, original, this, ...args) as Promise<ResponseProps['response']>
    response.then(
      (received) => guard('watching an attempt', () => attempt.responded(received)),
      (error: unknown) => guard('watching an attempt', () => attempt.failed(error)),
    )
    return response
  }
}

/** A request that is no call says as little to the provider of for whom it is made. */
function withoutOurs<Result>(send: () => Result): Result {
  const active = context.active()
  const quiet = withoutAttributionBaggage(active)
  return quiet === active ? send() : context.with(quiet, send)
}

/** `parseResponseWithTimeout(client, props)`: since 7.1. */
function watchParsing(original: ClientMethod): ClientMethod {
  return function parseResponseWithTimeout(...args) {
    return observeParsing(original.apply(this, args), args.at(-1))
  }
}

/** `request` and `requestAPIList` return the `APIPromise` the application gets, which parses when it is first awaited. */
function watchPromise(original: ClientMethod, parsesItself: boolean, undos: (Undo | undefined)[]): ClientMethod {
  return function request(...args) {
    const promise = original.apply(this, args) as ApiPromiseLike
    guard('watching a promise', () => {
      const undo = watchRawAccess(promise)
      if (undo) undos.push(undo)
      const parse = promise.parseResponse
      if (!parsesItself || typeof parse !== 'function') return
      promise.parseResponse = function parseResponse(this: unknown, ...parsed) {
        return observeParsing(parse.apply(this, parsed), parsed.at(-1))
      }
    })
    return promise
  }
}

/** Listens beside the client to what it parsed; the client awaits this promise in any case. */
function observeParsing(parsing: unknown, props: unknown): unknown {
  const passage = byProps.get(props as object)
  const call = passage?.call
  if (!passage || !call) return parsing
  passage.parsing = true
  passage.parsings++
  forgetAbandonment(call)
  Promise.resolve(parsing).then(
    (value) => {
      passage.parsings--
      passage.ended = true
      if (isStream(value)) guard('listening to a stream', () => listenToStream(value, call))
      else if (value === (props as ResponseProps).response) handOver(props as ResponseProps, call)
      else call.answered(value)
    },
    (error: unknown) => {
      // A body that is read twice fails for the second reader first, while the first one still gets the answer that was paid for.
      if (--passage.parsings > 0) return
      passage.ended = true
      call.failed(error)
    },
  )
  return parsing
}

/** A binary answer is the response itself. Few of them have something to say: events, and what the call itself asks for. */
function handOver({ response }: ResponseProps, call: ObservedCall): void {
  const isEvents = response.headers.get('content-type')?.includes('text/event-stream')
  if (isEvents || call.readsBinary) guard('listening to a body', () => listenToBody(response, call, () => false))
  else call.handedRaw()
}

const watchedPromiseClasses = new WeakSet<object>()

/**
 * `asResponse()` gives the raw response and parses nothing. The method is patched once, on the class that owns it.
 */
function watchRawAccess(promise: ApiPromiseLike): Undo | undefined {
  const owner = ownerOf(promise, 'asResponse')
  if (!owner || watchedPromiseClasses.has(owner)) return undefined
  watchedPromiseClasses.add(owner)
  const undo = wrapMethod(owner, 'asResponse', (original: ClientMethod) => {
    return function asResponse(this: ApiPromiseLike, ...args) {
      const passage = this.responsePromise && byRequest.get(this.responsePromise)
      // In v4 to v6 `withResponse` passes here, too, when it has begun to parse.
      if (passage && !this.parsedPromise) passage.raw = true
      const response = original.apply(this, args)
      // The promise already has a handler, the client's own: adding one hides no rejection.
      this.responsePromise?.then(noteRawAccess, () => {})
      return response
    }
  })
  return () => {
    watchedPromiseClasses.delete(owner)
    undo?.()
  }
}

/** Raw responses that are listened to. */
const tapped = new WeakSet<object>()

function noteRawAccess(props: ResponseProps): void {
  const passage = byProps.get(props)
  if (!passage?.call || passage.parsing || passage.ended || tapped.has(props)) return
  const { call } = passage
  passage.raw = true
  tapped.add(props)
  forgetAbandonment(call)
  guard('listening to a body', () => listenToBody(props.response, call, () => passage.parsing))
}
