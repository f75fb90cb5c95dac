import { type Context, context } from '@opentelemetry/api'
import type { Beginning, ObservedCall } from './observer.ts'
import type { RequestOptions } from './shapes.ts'

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

/** The client retries with the same options object. */
export const byOptions: WeakMap<object, Passage> = new WeakMap()
/** The promise of a request, which the application's promise keeps. */
export const byRequest: WeakMap<object, Passage> = new WeakMap()
/** The client parses with the same props object that the request resolved with. */
export const byProps: WeakMap<object, Passage> = new WeakMap()
