import { context } from '@opentelemetry/api'
import type { Beginning, ObservedCall } from './observer.ts'
import { RequestScope } from './request-scope.ts'
import type { RequestOptions } from './shapes.ts'

/** A request on its way: it becomes a call once its options are known. */
export interface Passage extends Beginning {
  call: ObservedCall | undefined
  /** The client has begun to parse the answer. */
  parsing: boolean
  /** How many times it is parsing just now: twice, where an application or another instrumentation awaits the call and its `_thenUnwrap`. */
  parsings: number
  /** How many promises of the application's wait for what the client makes of the answer. */
  awaited: number
  /** The answer is parsed, and the client may be making more of it: the call is to be told how that ends. */
  parsed: boolean
  /** Why the client could not parse. */
  parseError: unknown
  /** The application asks for the raw response, or has it. */
  raw: boolean
  /** The request with a question of ours in its body, and the body that the application gave. */
  questioned: { readonly options: RequestOptions; readonly body: unknown } | undefined
  ended: boolean
}

/** A request that enters the client at this moment. */
export function newPassage(): Passage {
  return {
    parent: context.active(),
    wallMs: Date.now(),
    monotonicMs: performance.now(),
    call: undefined,
    parsing: false,
    parsings: 0,
    awaited: 0,
    parsed: false,
    parseError: undefined,
    raw: false,
    questioned: undefined,
    ended: false,
  }
}

/** For the attempts on the wire. */
export const passages: RequestScope<Passage> = new RequestScope<Passage>()
/** The client retries with the same options object. */
export const byOptions: WeakMap<object, Passage> = new WeakMap()
/** The promise of a request, which the application's promise keeps. */
export const byRequest: WeakMap<object, Passage> = new WeakMap()
/** The client parses with the same props object that the request resolved with. */
export const byProps: WeakMap<object, Passage> = new WeakMap()
