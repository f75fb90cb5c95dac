import { type Context, context } from '@opentelemetry/api'
import type { Beginning, ObservedCall } from './observer.ts'
import { isObject, type RequestOptions } from './shapes.ts'

/** Keys that the API makes are those of every copy of this module. */
const PASSAGE = Symbol('tokenmeter: passage through the client')

/**
 * A request on its way: it becomes a call once its options are known. It may be the context in which the client makes it, too, which from then on is that of
 * the call: a second one for each attempt would be as dear again.
 */
export class Passage implements Beginning, Context {
  readonly parent: Context = context.active()
  readonly wallMs: number = Date.now()
  readonly monotonicMs: number = performance.now()
  call: ObservedCall | undefined = undefined
  /** The client has begun to parse the answer. */
  parsing = false
  /** How many times it is parsing just now: twice, where an application or another instrumentation awaits the call and its `_thenUnwrap`. */
  parsings = 0
  /** How many promises of the application's wait for what the client makes of the answer. */
  awaited = 0
  /** The answer is parsed, and the client may be making more of it: the call is to be told how that ends. */
  parsed = false
  /** Why the client could not parse. */
  parseError: unknown = undefined
  /** The application asks for the raw response, or has it. */
  raw = false
  /** The request with a question of ours in its body, and the body that the application gave. */
  questioned: { readonly options: RequestOptions; readonly body: unknown } | undefined = undefined
  ended = false

  getValue(key: symbol): unknown {
    return key === PASSAGE ? this : this.#context.getValue(key)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#context.setValue(PASSAGE, this).setValue(key, value)
  }

  deleteValue(key: symbol): Context {
    return key === PASSAGE ? this.#context : this.#context.setValue(PASSAGE, this).deleteValue(key)
  }

  get #context(): Context {
    return this.call?.context ?? this.parent
  }
}

/** The passage in whose making we are, where contexts are kept. */
export function activePassage(): Passage | undefined {
  const active = context.active() as Context | undefined
  return active?.getValue(PASSAGE) as Passage | undefined
}

/** The active context outside of the client. */
export function contextAround(): Context {
  return context.active().deleteValue(PASSAGE)
}

/** What a constructor returns is what `this` is for the fields of a class below it. */
// oxlint-disable-next-line typescript/no-extraneous-class -- only its constructor is of use
class Returned {
  constructor(value: object) {
    // oxlint-disable-next-line no-constructor-return -- that is what it is for
    return value
  }
}

/**
 * An object of the client's that leads to a passage by a private field, which nobody else can see and no copy of the object has. A `WeakMap` would say the same for
 * some microseconds a call: its table grows with all calls since the last collection, and full collections walk it.
 */
class Traveller extends Returned {
  #passage: Passage

  constructor(value: object, passage: Passage) {
    super(value)
    this.#passage = passage
  }

  static note(value: object, passage: Passage): void {
    if (#passage in value) value.#passage = passage
    // oxlint-disable-next-line no-new -- see `Returned`
    else new Traveller(value, passage)
  }

  static passageOf(value: object): Passage | undefined {
    return #passage in value ? value.#passage : undefined
  }
}

/**
 * Notes what a passage can be found by: the options object, with which the client retries; the promise of a request, which the application's promise keeps; the
 * props object that the request resolves with, and with which the client parses.
 */
export const notePassage: (value: object, passage: Passage) => void = Traveller.note

/** The passage that was noted for an object. */
export function passageOf(value: unknown): Passage | undefined {
  return isObject(value) ? Traveller.passageOf(value) : undefined
}
