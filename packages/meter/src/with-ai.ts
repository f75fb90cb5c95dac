import { context } from '@opentelemetry/api'
import { type Attribution, readAttribution } from './attribution.ts'
import { type AIScope, AttributionScope, runInScope, scopeOf } from './attribution-scope.ts'
import { CAPTURE_MODES_FORM, type CaptureMode, readCaptureMode } from './content/capture-mode.ts'
import { guard, warnOnce } from './guard.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- handlers and middleware of any framework
type AnyFunction = (...args: any[]) => any

/** Middleware of Express, Connect, Koa, Hono, or an `onRequest` hook of Fastify: the last of its arguments goes on to whatever is next. */
// oxlint-disable-next-line typescript/no-explicit-any -- what it returns is the framework's
export type AIMiddleware = (request: unknown, second: unknown, third?: unknown) => any

/** What `withAI` is told: for whom calls are made, and what of them may be recorded. */
export interface AISettings extends Attribution {
  /**
   * Where content of the calls goes: less or more than what the process does otherwise, but never more than the variable
   * `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says where it is set. A value that is none is said once, and captures nothing.
   */
  readonly capture?: CaptureMode | undefined
}

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
  <Result>(attribution: AISettings, run: (scope: AIScope) => Result): Result
  /**
   * Middleware that runs what is next with the attribution of the request: `app.use(withAI.request((req) => ({ tenant: req.params.tenant })))`.
   *
   * @param describe must give the attribution at once; what it throws is said once, and the request goes on without.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever the framework calls a request
  request(describe: (request: any) => AISettings): AIMiddleware
  /**
   * The same for a handler: `export const POST = withAI.request((request) => ({ tenant: … }), async (request) => …)`.
   *
   * @returns a function like `handler`.
   */
  request<Handler extends AnyFunction>(
    describe: (request: Parameters<Handler>[0]) => AISettings,
    handler: Handler,
  ): Handler
}

/** The scope that is active: with its attribution, and its totals so far. `undefined` outside of every `withAI`. */
export function currentAI(): AIScope | undefined {
  return scopeOf(context.active())
}

function runFor<Result>(what: string, describe: () => unknown, run: (scope: AIScope) => Result): Result {
  let attribution: Attribution = {}
  let capture: CaptureMode | undefined
  guard(what, () => {
    const settings = describe()
    attribution = readAttribution(settings)
    capture = readCapture((settings as AISettings | null | undefined)?.capture)
  })
  const scope = new AttributionScope(attribution, context.active(), capture)
  return runInScope(scope, () => run(scope))
}

/** Whoever says something that cannot be understood may have meant less. */
function readCapture(value: unknown): CaptureMode | undefined {
  if (value === undefined) return undefined
  const mode = readCaptureMode(value)
  if (mode === undefined) {
    const form = `one of ${CAPTURE_MODES_FORM}`
    warnOnce(
      'withAI capture',
      `tokenmeter: withAI(): \`capture\` must be ${form}, got ${typeof value}; no content is captured`,
    )
  }
  return mode ?? 'NO_CONTENT'
}

const DESCRIBING = 'telling for whom a request is'

function request(describe: (request: unknown) => AISettings, handler?: AnyFunction): AnyFunction {
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
  <Result>(attribution: AISettings, run: (scope: AIScope) => Result): Result =>
    runFor('reading an attribution', () => attribution, run),
  { request },
)
