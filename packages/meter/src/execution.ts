import {
  type Attributes,
  context,
  type Context,
  type Histogram,
  metrics,
  type MeterProvider,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  type Tracer,
} from '@opentelemetry/api'
import { attributionAttributes } from './attribution.ts'
import { attributionIn, scopeOf } from './attribution-scope.ts'
import { reachesSpan } from './content/capture-mode.ts'
import type { ContentPipeline } from './content/pipeline.ts'
import { sharedPipeline } from './content/shared.ts'
import { argumentsObject, resultObject, snapshot } from './content/snapshot.ts'
import { ATTRIBUTE, type MetricDefinition } from './generated/gen-ai.ts'
import { guard } from './guard.ts'
import { METER_SCOPE } from './version.ts'

/** What the executions of a function have in common. */
export interface Executed {
  /** Of the span. */
  readonly name: string
  readonly attributes: Attributes
  /** Attributes of the duration. */
  readonly labels: Attributes
  readonly duration: MetricDefinition
}

/** Where executions are told. Both are asked for at each execution. */
export interface ExecutionTelemetry {
  tracer(): Tracer
  meterProvider(): MeterProvider
  /** The way of arguments and results; `undefined` where none are captured. */
  content(): ContentPipeline | undefined
}

/** The providers that are the global ones at the time. */
export const GLOBAL_TELEMETRY: ExecutionTelemetry = {
  tracer: () => trace.getTracer(METER_SCOPE.name, METER_SCOPE.version),
  meterProvider: () => metrics.getMeterProvider(),
  content: sharedPipeline,
}

/** One execution of a function, from its call to the end of what it returned. */
export class Execution {
  readonly #what: Executed
  readonly #telemetry: ExecutionTelemetry
  readonly #startMs = performance.now()
  /** The same clock as that of calls, so that no call begins before the tool that makes it. */
  readonly #startTime = Date.now()
  #span: Span | undefined
  /** The caller's, with the span in it: to be active while the function runs. */
  readonly context: Context
  #ended = false
  /** Absent where arguments and results are not captured. */
  #content: ContentPipeline | undefined
  #arguments: unknown

  /** @param args of a tool: they may be captured. Absent for whatever is not one. */
  constructor(what: Executed, telemetry: ExecutionTelemetry, args?: readonly unknown[]) {
    this.#what = what
    this.#telemetry = telemetry
    const parent = context.active()
    this.context = parent
    guard('beginning a tool or an agent', () => {
      const { name } = what
      const attributes = { ...attributionAttributes(attributionIn(parent)), ...what.attributes }
      this.#span = telemetry
        .tracer()
        .startSpan(name, { kind: SpanKind.INTERNAL, attributes, startTime: this.#startTime }, parent)
    })
    if (this.#span) this.context = trace.setSpan(parent, this.#span)
    if (args) guard('capturing arguments', () => this.#capture(args, parent))
  }

  #capture(args: readonly unknown[], parent: Context): void {
    const content = this.#telemetry.content()
    if (!content || !this.#span?.isRecording() || !reachesSpan(content.modeOf(scopeOf(parent)?.capture))) return
    this.#content = content
    this.#arguments = snapshot(argumentsObject(args), content.options)
  }

  /** Ends when `result` does; returns what the caller gets. */
  follow(result: unknown): unknown {
    // Only the platform's own promises: others may be lazy, and would begin by being listened to.
    if (isPlainPromise(result)) return this.#followPromise(result)
    if (isGenerator(result)) this.#followGenerator(result)
    else this.end(result)
    return result
  }

  /** As `follow`, for a caller who awaits every result: promises of all kinds are waited for, and generators stay unread. */
  followAwaited(result: unknown): unknown {
    if (isPlainPromise(result)) return this.#followPromise(result)
    const isThenable = typeof result === 'object' && result !== null && 'then' in result
    if (isThenable) return this.#followPromise(Promise.resolve(result))
    this.end(result)
    return result
  }

  fail(error: unknown): void {
    this.#end(errorTypeOf(error))
  }

  /** @param result that may be captured. */
  end(result?: unknown): void {
    this.#end(undefined, result)
  }

  #end(errorType?: string, result?: unknown): void {
    if (this.#ended) return
    this.#ended = true
    guard('ending a tool or an agent', () => {
      if (errorType !== undefined) {
        this.#span?.setAttribute(ATTRIBUTE.errorType, errorType)
        this.#span?.setStatus({ code: SpanStatusCode.ERROR, message: errorType })
      }
      const milliseconds = performance.now() - this.#startMs
      const endTime = this.#startTime + milliseconds
      if (this.#content) this.#endWithContent(this.#content, result, endTime)
      else this.#span?.end(endTime)
      const { duration, labels } = this.#what
      const outcome = errorType === undefined ? labels : { ...labels, [ATTRIBUTE.errorType]: errorType }
      histogram(duration, this.#telemetry.meterProvider()).record(milliseconds / 1000, outcome, this.context)
    })
  }

  /** The span ends when its content is clean, with the time at which it ended. */
  #endWithContent(content: ContentPipeline, result: unknown, endTime: number): void {
    let returned: unknown
    guard('capturing a result', () => (returned = snapshot(resultObject(result), content.options)))
    content.values([this.#arguments, returned], (args, clean) => {
      const span = this.#span
      if (args !== undefined) span?.setAttribute(ATTRIBUTE.genAiToolCallArguments, jsonObject(args))
      if (clean !== undefined) span?.setAttribute(ATTRIBUTE.genAiToolCallResult, jsonObject(clean))
      span?.end(endTime)
    })
  }

  #followPromise(promise: Promise<unknown>): Promise<unknown> {
    return promise.then(
      (value) => {
        this.end(value)
        return value
      },
      (error: unknown) => {
        this.fail(error)
        throw error
      },
    )
  }

  /** Its body runs when it is read: each step in our context, to its end. */
  #followGenerator(generator: GeneratorLike): void {
    for (const name of ['next', 'return', 'throw'] as const) {
      const step = generator[name]
      const follow = (result: unknown): unknown => {
        if ((result as IteratorResult<unknown>).done) this.end()
        return result
      }
      const fail = (error: unknown): never => {
        this.fail(error)
        throw error
      }
      const value = (...args: unknown[]): unknown => {
        try {
          const result = context.with(this.context, () => Reflect.apply(step, generator, args))
          return result instanceof Promise ? result.then(follow, fail) : follow(result)
        } catch (error) {
          return fail(error)
        }
      }
      Object.defineProperty(generator, name, { value, writable: true, configurable: true, enumerable: false })
    }
  }
}

/** What is recorded of arguments and results is an object; one that was withheld as a whole has become a text. */
const jsonObject = (value: unknown): string => JSON.stringify(typeof value === 'object' ? value : { withheld: value })

/** The class of an error; what is thrown and no error has none. */
function errorTypeOf(error: unknown): string {
  let errorType: unknown
  guard('naming an error', () => {
    if (error instanceof Error) errorType = error.constructor?.name || error.name
  })
  return typeof errorType === 'string' ? errorType : '_OTHER'
}

const isPlainPromise = (value: unknown): value is Promise<unknown> =>
  value instanceof Promise && value.constructor === Promise

type GeneratorLike = Readonly<Record<'next' | 'return' | 'throw', (...args: unknown[]) => unknown>>

function isGenerator(value: unknown): value is GeneratorLike {
  if (typeof value !== 'object' || value === null) return false
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Generator' || tag === 'AsyncGenerator'
}

const histograms = new WeakMap<MeterProvider, Map<string, Histogram>>()

function histogram({ name, unit, boundaries = [] }: MetricDefinition, provider: MeterProvider): Histogram {
  let known = histograms.get(provider)
  if (!known) histograms.set(provider, (known = new Map()))
  let instrument = known.get(name)
  if (!instrument) {
    const meter = provider.getMeter(METER_SCOPE.name, METER_SCOPE.version)
    instrument = meter.createHistogram(name, { unit, advice: { explicitBucketBoundaries: [...boundaries] } })
    known.set(name, instrument)
  }
  return instrument
}
