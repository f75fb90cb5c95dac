import type { AsyncLocalStorage } from 'node:async_hooks'
import { context } from '@opentelemetry/api'
import { builtIn, registered } from '@tokenmeter/meter'
import { activePassage, contextAround, notePassage, type Passage, passageOf } from './passage.ts'
import { type AnyFunction, type Undo, wrapMethod } from './patch.ts'
import { isObject } from './shapes.ts'

interface Runtime {
  /** Vercel's edge runtime has it here. */
  readonly AsyncLocalStorage?: typeof AsyncLocalStorage
}

interface BuiltRequest {
  readonly req?: unknown
}

/**
 * Tells to which passage through the client an attempt on the wire belongs. The active context knows, where it is kept by OpenTelemetry's own manager, and
 * `AsyncLocalStorage` elsewhere. Where that is missing, too, the object does that the client builds for each attempt and hands to its
 * `fetchWithTimeout`.
 */
class RequestScope {
  readonly #storage = createStorage<Passage | undefined>()

  /** Whether nobody knows in whose making we are: then a retry with other options, as after a 401, is part of a call that is watched already. */
  get isBlind(): boolean {
    return this.#storage === undefined
  }

  /** Calls what makes a request. */
  run(passage: Passage | undefined, make: AnyFunction, client: unknown, args: readonly unknown[]): unknown {
    if (passage) {
      if (keepsContexts()) return context.with(passage, Reflect.apply, undefined, make, client, args)
      return this.#storage
        ? this.#storage.run(passage, Reflect.apply, make, client, args)
        : Reflect.apply(make, client, args)
    }
    // A request that nobody watches may be made while another one is.
    if (!this.current()) return Reflect.apply(make, client, args)
    const leave = (): unknown => context.with(contextAround(), Reflect.apply, undefined, make, client, args)
    return this.#storage ? this.#storage.run(undefined, leave) : leave()
  }

  /** The passage in whose making we are. */
  current(): Passage | undefined {
    return activePassage() ?? this.#storage?.getStore()
  }

  /** The passage of an attempt, by what `fetchWithTimeout` is given as its `init`. */
  ofAttempt(init: unknown): Passage | undefined {
    return this.#storage ? this.current() : passageOf(init)
  }

  /** Watches `buildRequest(options)` of the client, where that is needed. */
  watchBuilding(owner: object): Undo | undefined {
    if (this.#storage) return undefined
    return wrapMethod(owner, 'buildRequest', (original) => {
      return (client, args) => {
        const built = original.apply(client, args) as BuiltRequest | Promise<BuiltRequest>
        const passage = passageOf(args[0])
        if (!passage) return built
        // openai 4 gives it at once. The client awaits the promise before it goes on, so that we come first.
        if (built instanceof Promise) {
          built.then(
            (value) => noteBuilt(value, passage),
            () => {},
          )
        } else noteBuilt(built, passage)
        return built
      }
    })
  }
}

function noteBuilt({ req }: BuiltRequest, passage: Passage): void {
  if (isObject(req)) notePassage(req, passage)
}

/**
 * Whether what becomes active is the very context that is given, and nothing else happens then: so with OpenTelemetry's own manager. Others make a context of
 * it (Sentry), or look for its span at that moment (dd-trace), before a passage has one.
 */
function keepsContexts(): boolean {
  const manager: Partial<object> | undefined = registered('context')
  return manager?.constructor?.name === 'AsyncLocalStorageContextManager'
}

function createStorage<Value>(): AsyncLocalStorage<Value> | undefined {
  const Storage = builtIn('node:async_hooks')?.AsyncLocalStorage ?? (globalThis as Runtime).AsyncLocalStorage
  return Storage && new Storage<Value>()
}

/** For the attempts on the wire. */
export const passages: RequestScope = new RequestScope()
