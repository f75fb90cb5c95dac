import { context } from '@opentelemetry/api'
import { type Attribution, readAttribution } from './attribution.ts'
import { type AIScope, AttributionScope, runInScope, scopeOf } from './attribution-scope.ts'
import { guard } from './guard.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- handlers and middleware of any framework
type AnyFunction = (...args: any[]) => any

/** Middleware of Express, Connect, Koa, Hono, or an `onRequest` hook of Fastify: the last of its arguments goes on to whatever is next. */
// oxlint-disable-next-line typescript/no-explicit-any -- what it returns is the framework's
export type AIMiddleware = (request: unknown, second: unknown, third?: unknown) => any

/** `withAI`, and its form for frameworks. */
export interface WithAI {
  /**
   * Runs `run`, and says for whom: everything that is measured below it carries `attribution`, across awaits, timers and streams that are read when
   * `run` is over. Inside another `withAI` the fields of both hold, and where they differ the inner ones.
   *
   * Nothing in `attribution` throws: what cannot be used is said once through OpenTelemetry's `diag`, and left out. A generator that `run` returns
   * runs where it is read.
   *
   * @returns what `run` does.
   */
  <Result>(attribution: Attribution, run: (scope: AIScope) => Result): Result
  /**
   * Middleware that runs what is next with the attribution of the request: `app.use(withAI.request((req) => ({ tenant: req.params.tenant })))`.
   *
   * @param describe must give the attribution at once; what it throws is said once, and the request goes on without.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the framework calls a request
  request(describe: (request: any) => Attribution): AIMiddleware
  /**
   * The same for a handler: `export const POST = withAI.request((request) => ({ tenant: … }), async (request) => …)`.
   *
   * @returns a function like `handler`.
   */
  request<Handler extends AnyFunction>(
    describe: (request: Parameters<Handler>[0]) => Attribution,
    handler: Handler,
  ): Handler
}

/** The scope that is active: with its attribution, and its totals so far. `undefined` outside of every `withAI`. */
export function currentAI(): AIScope | undefined {
  return scopeOf(context.active())
}

function runFor<Result>(what: string, describe: () => unknown, run: (scope: AIScope) => Result): Result {
  let attribution: Attribution = {}
  guard(what, () => (attribution = readAttribution(describe())))
  const scope = new AttributionScope(attribution, context.active())
  return runInScope(scope, () => run(scope))
}

const DESCRIBING = 'telling for whom a request is'

function request(describe: (request: unknown) => Attribution, handler?: AnyFunction): AnyFunction {
  if (handler) {
    return function (this: unknown, ...args: unknown[]): unknown {
      return runFor(
        DESCRIBING,
        () => describe(args[0]),
        () => Reflect.apply(handler, this, args),
      )
    }
  }
  // Three parameters, as Express and Fastify expect of middleware.
  return (incoming: unknown, second: unknown, third: unknown): unknown => {
    const next = (typeof third === 'function' ? third : second) as () => unknown
    return runFor(
      DESCRIBING,
      () => describe(incoming),
      () => next(),
    )
  }
}

/** Says for whom calls are made: see `WithAI`. */
export const withAI: WithAI = Object.assign(
  <Result>(attribution: Attribution, run: (scope: AIScope) => Result): Result =>
    runFor('reading an attribution', () => attribution, run),
  { request },
)
