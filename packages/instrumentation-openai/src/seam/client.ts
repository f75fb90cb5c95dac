import { context } from '@opentelemetry/api'
import { guard, withoutAttributionBaggage } from '@tokenmeter/meter'
import { keepInSight, watchForAbandonment } from './abandoned.ts'
import { watchParsing, watchPromise } from './api-promise.ts'
import { tellUnknown, tellUntested } from './client-version.ts'
import type { ObservedAttempt, ObservedCall, Observer } from './observer.ts'
import { notePassage, Passage, passageOf } from './passage.ts'
import { type AnyFunction, ownerOf, type Undo, type Wrapper, wrapMethod } from './patch.ts'
import { passages } from './request-scope.ts'
import { isObject, type RawResponse, type RequestInitLike, type RequestOptions, type ResponseProps } from './shapes.ts'

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
    passages.watchBuilding(owner),
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

/** `makeRequest(options, retriesRemaining, retryOf)`: once for each attempt, with the same options object on retries. */
function watchRequest(original: AnyFunction, observer: () => Observer | undefined): Wrapper {
  return (client, args) => {
    // Not as an array, which would be iterated.
    const { 0: input, 1: retriesRemaining, 2: retryOf } = args
    const known = retriesRemaining == null ? undefined : passageOfRetry(input, retryOf)
    // The client awaits a retry itself and hands its outcome up to the first attempt, which is where we listen.
    if (known) return passages.run(known, original, client, args)
    const active = observer()
    if (retryOf && passages.isBlind) return original.apply(client, args)
    if (!active) return passages.run(undefined, original, client, args)

    const passage = new Passage()
    const prepared = whenKnown(input, (options) =>
      guard('watching a request', beginCall, passage, active, client, options, input !== options),
    )
    args[0] = active.holdsBack ? whenAdmitted(prepared, passage) : prepared
    const request = passages.run(passage, original, client, args) as Promise<ResponseProps>
    const onProps = (props: ResponseProps): ResponseProps => {
      if (passage.call) guard('watching a response', receive, props, passage, watched)
      return props
    }
    const onError = (error: unknown): Promise<ResponseProps> => {
      const options = unquestioned(passage, error)
      if (options) {
        const repeat = passages.run(passage, original, client, [options, ...args.slice(1)]) as Promise<ResponseProps>
        return repeat.then(onProps, onError)
      }
      passage.ended = true
      passage.call?.failed(error)
      throw error
    }
    const watched: Promise<ResponseProps> = request.then(onProps, onError)
    notePassage(watched, passage)
    return watched
  }
}

/** @param isCopy whether the options are the client's own, which came as a promise, and so after the application could ask for the raw response. */
function beginCall(passage: Passage, observer: Observer, client: object, options: unknown, isCopy: boolean): void {
  if (!isObject(options)) return
  passage.call = observer.begin(client, options, passage)
  if (!passage.call) return
  keepInSight(passage.call)
  notePassage(options, passage)
  if (isCopy && !passage.raw) question(passage, options)
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
  const passage = passageOf(input) ?? (retryOf ? passages.current() : undefined)
  return passage?.ended ? undefined : passage
}

/** Tells `see` the options before the client sees them: at once, or when their promise resolves. Returns what to pass on. */
function whenKnown(input: unknown, see: (options: unknown) => void): unknown {
  if (typeof (input as PromiseLike<unknown> | undefined)?.then !== 'function') {
    see(input)
    return input
  }
  const promise = input instanceof Promise ? input : Promise.resolve(input as PromiseLike<unknown>)
  promise.then(see, nothing)
  return promise
}

/**
 * The options, once the call may leave. The client awaits them in any case, before it does anything else: what they reject with reaches the application as
 * errors of the client do.
 */
async function whenAdmitted(input: unknown, passage: Passage): Promise<unknown> {
  const options: unknown = await input
  const refusal = await passage.call?.refusal
  if (refusal) throw refusal
  return options
}

function receive(props: ResponseProps, passage: Passage, request: Promise<ResponseProps>): void {
  notePassage(props, passage)
  if (passage.awaited > 0) return
  // Whoever asks for the answer just now has its turn first; only what nobody reads is worth a finalizer.
  request.then(watchIfUnread)
}

function watchIfUnread(props: ResponseProps): void {
  const passage = passageOf(props)
  if (passage?.call && !passage.parsing && !passage.ended && !passage.raw) watchForAbandonment(props, passage.call)
}

const nothing = (): void => {}

/** `fetchWithTimeout(url, init, timeout, controller)`: once for each HTTP request. The client always awaits its promise. */
function watchAttempt(original: AnyFunction): Wrapper {
  return (client, args) => {
    const passage = passages.ofAttempt(args[1])
    const call = passage?.call
    if (!call) return withoutOurs(() => original.apply(client, args))
    const attempt = call.attempt((args[1] as RequestInitLike | undefined)?.body)
    return send(passage, call, original, client, args).then(
      (received) => {
        guard('watching an attempt', noteResponse, attempt, received)
        return received
      },
      (error: unknown) => {
        guard('watching an attempt', () => attempt.failed(error))
        throw error
      },
    )
  }
}

/** The passage is the active context already, where contexts are kept as they are and the application has made no other of it. */
function send(
  passage: Passage,
  call: ObservedCall,
  original: AnyFunction,
  client: unknown,
  args: readonly unknown[],
): Promise<RawResponse> {
  const response: unknown =
    context.active() === passage
      ? Reflect.apply(original, client, args)
      : context.with(call.context, Reflect.apply, undefined, original, client, args)
  return response as Promise<RawResponse>
}

const noteResponse = (attempt: ObservedAttempt, response: RawResponse): void => attempt.responded(response)

/** A request that is no call says as little to the provider of for whom it is made. */
function withoutOurs<Result>(make: () => Result): Result {
  const active = context.active()
  const quiet = withoutAttributionBaggage(active)
  return quiet === active ? make() : context.with(quiet, make)
}
