import type { AsyncLocalStorage } from 'node:async_hooks'
import { context, type Context, createContextKey } from '@opentelemetry/api'
import { type Attribution, mergeAttribution } from './attribution.ts'
import { attributionFromBaggage, withAttributionBaggage } from './attribution-baggage.ts'
import { builtIn } from './built-in.ts'
import type { Call } from './call.ts'
import type { CaptureMode } from './content/capture-mode.ts'
import { warnOnce } from './guard.ts'
import { decimalUsd } from './usd.ts'

/** What the calls of a scope have come to: those that have ended, in the scopes inside it, too. */
export interface AITotals {
  readonly calls: number
  /** As the providers count them. */
  readonly inputTokens: number
  readonly outputTokens: number
  /** Exact sum of the known costs in USD, a decimal: `0.00015`. */
  readonly usd: string
  /** Calls whose cost is unknown, and so not in `usd`. */
  readonly unpriced: number
  /** Attempts after the first. */
  readonly retries: number
  /** Where the settings have a currency: the sum of the same costs in it, a decimal, each at the rate in force then. */
  readonly converted?: { readonly currency: string; readonly amount: string }
}

/** What `withAI` hands to its function. */
export interface AIScope {
  /** The attribution of the calls in it: its own and that of the scopes around it. */
  readonly attribution: Attribution
  /** Where content of the calls in it goes, if this scope or one around it says so. */
  readonly capture: CaptureMode | undefined
  /** The totals at this moment. */
  readonly totals: AITotals
}

/** The scope of one `withAI`. */
export class AttributionScope implements AIScope {
  readonly attribution: Attribution
  readonly capture: CaptureMode | undefined
  readonly #outer: AttributionScope | undefined
  #calls = 0
  #inputTokens = 0
  #outputTokens = 0
  #picoUsd = 0n
  #unpriced = 0
  #retries = 0
  #converted: { readonly currency: string; readonly picoAmount: bigint } | undefined

  /** @param parent the context in which the scope is opened. */
  constructor(attribution: Attribution, parent: Context, capture?: CaptureMode) {
    this.attribution = mergeAttribution(attributionIn(parent), attribution)
    this.#outer = scopeOf(parent)
    this.capture = capture ?? this.#outer?.capture
  }

  get totals(): AITotals {
    return {
      calls: this.#calls,
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      usd: decimalUsd(this.#picoUsd),
      unpriced: this.#unpriced,
      retries: this.#retries,
      ...(this.#converted && {
        converted: { currency: this.#converted.currency, amount: decimalUsd(this.#converted.picoAmount) },
      }),
    }
  }

  /** Adds a call that has ended, here and to the scopes around. */
  add(call: Call): void {
    const { usage, cost, unpriced, attempts } = call
    this.#calls += 1
    this.#inputTokens += usage?.inputTokens ?? 0
    this.#outputTokens += usage?.outputTokens ?? 0
    if (cost) this.#picoUsd += cost.picoUsd
    if (cost?.converted) {
      const { currency, picoAmount } = cost.converted
      this.#converted = { currency, picoAmount: (this.#converted?.picoAmount ?? 0n) + picoAmount }
    }
    if (unpriced !== undefined) this.#unpriced += 1
    this.#retries += Math.max(0, attempts.length - 1)
    this.#outer?.add(call)
  }
}

/** The API makes the same key for all copies of this package. */
const SCOPE = createContextKey('tokenmeter.attribution-scope')

/** The scope to which a call belongs that begins in `parent`. */
export function scopeOf(parent: Context): AttributionScope | undefined {
  return (parent.getValue(SCOPE) as AttributionScope | undefined) ?? ownScopes().current()
}

/** For whom a call is made that begins in `parent`: what `withAI` says, and below it what the baggage says, where that is asked for. */
export function attributionIn(
  parent: Context,
  scope: AttributionScope | undefined = scopeOf(parent),
): Attribution | undefined {
  const carried = attributionFromBaggage(parent)
  if (!carried) return scope?.attribution
  return scope ? mergeAttribution(carried, scope.attribution) : carried
}

/** Runs `run` with `scope` in OpenTelemetry's context; where nobody keeps one, in a storage of ours. */
export function runInScope<Result>(scope: AttributionScope, run: () => Result): Result {
  const inside = withAttributionBaggage(context.active().setValue(SCOPE, scope), scope.attribution)
  return context.with(inside, () => (context.active().getValue(SCOPE) === scope ? run() : ownScopes().run(scope, run)))
}

/** Scopes where OpenTelemetry has no context manager. */
interface OwnScopes {
  current(): AttributionScope | undefined
  run<Result>(scope: AttributionScope, run: () => Result): Result
}

class StoredScopes implements OwnScopes {
  readonly #storage: AsyncLocalStorage<AttributionScope>

  constructor(storage: AsyncLocalStorage<AttributionScope>) {
    this.#storage = storage
  }

  current(): AttributionScope | undefined {
    return this.#storage.getStore()
  }

  run<Result>(scope: AttributionScope, run: () => Result): Result {
    return this.#storage.run(scope, run)
  }
}

/** For runtimes that cannot follow what goes on later. */
class SynchronousScopes implements OwnScopes {
  #current: AttributionScope | undefined

  current(): AttributionScope | undefined {
    return this.#current
  }

  run<Result>(scope: AttributionScope, run: () => Result): Result {
    warnOnce(
      'withAI without AsyncLocalStorage',
      'tokenmeter: this runtime has no AsyncLocalStorage: withAI() reaches the calls that its function makes before its first await, and no others',
    )
    const outer = this.#current
    this.#current = scope
    try {
      return run()
    } finally {
      this.#current = outer
    }
  }
}

/** On the global object, because the ESM and the CJS copy of this module must see the same scopes. */
const OWN_SCOPES = Symbol.for('tokenmeter.attribution-scopes')

interface Runtime {
  [OWN_SCOPES]?: OwnScopes
  /** Vercel's edge runtime has it here. */
  readonly AsyncLocalStorage?: typeof AsyncLocalStorage
}

function ownScopes(): OwnScopes {
  const runtime = globalThis as Runtime
  return (runtime[OWN_SCOPES] ??= createScopes(runtime))
}

function createScopes(runtime: Runtime): OwnScopes {
  const Storage = builtIn('node:async_hooks')?.AsyncLocalStorage ?? runtime.AsyncLocalStorage
  return Storage ? new StoredScopes(new Storage<AttributionScope>()) : new SynchronousScopes()
}
