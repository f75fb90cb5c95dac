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
} from '@opentelemetry/api'
import { ATTRIBUTE, METRIC, type MetricDefinition } from './generated/gen-ai.ts'
import { guard } from './guard.ts'
import { METER_SCOPE } from './version.ts'

/** Any function; its arguments and what it returns pass through. */
type AnyFunction = (...args: never[]) => unknown

/** What is known of a tool beside its name. */
export interface ToolFacts {
  /** Id of the model's call of the tool, `call_…`, where the function serves one call only. */
  readonly callId?: string
}

/**
 * Makes every call of a function a span `execute_tool <name>`, below the active span, with what the function does below it: for loops
 * that run the tools of a model by hand. What the function returns, throws or gives bit by bit is as it was: `this`, arguments, a value at
 * once or a promise, a generator that runs when it is read. Arguments and results are not recorded.
 *
 * A promise with a life of its own, such as the client's `APIPromise`, is not waited for: the span ends when it is handed out.
 *
 * @param name of the tool, as the model knows it.
 */
export function tool<F extends AnyFunction>(name: string, run: F, { callId }: ToolFacts = {}): F {
  const attributes: Attributes = {
    [ATTRIBUTE.genAiOperationName]: 'execute_tool',
    [ATTRIBUTE.genAiToolName]: name,
    [ATTRIBUTE.genAiToolType]: 'function',
    ...(callId !== undefined && { [ATTRIBUTE.genAiToolCallId]: callId }),
  }
  const labels = { [ATTRIBUTE.genAiToolName]: name, [ATTRIBUTE.genAiToolType]: 'function' }
  return traced({ name: `execute_tool ${name}`, attributes, labels, duration: METRIC.genAiExecuteToolDuration }, run)
}

/**
 * Makes every call of a function a span `invoke_agent <name>`, with the calls of models and tools that it makes below it. Otherwise as `tool`.
 *
 * @param name of the agent, as people know it.
 */
export function agent<F extends AnyFunction>(name: string, run: F): F {
  const labels = { [ATTRIBUTE.genAiAgentName]: name }
  const attributes = { [ATTRIBUTE.genAiOperationName]: 'invoke_agent', ...labels }
  return traced({ name: `invoke_agent ${name}`, attributes, labels, duration: METRIC.genAiInvokeAgentDuration }, run)
}

interface Traced {
  readonly name: string
  readonly attributes: Attributes
  /** Attributes of the duration. */
  readonly labels: Attributes
  readonly duration: MetricDefinition
}

function traced<F extends AnyFunction>(what: Traced, run: F): F {
  const wrapper = function (this: unknown, ...args: never[]): unknown {
    const execution = new Execution(what)
    let result: unknown
    try {
      result = context.with(execution.context, () => Reflect.apply(run, this, args))
    } catch (error) {
      execution.fail(error)
      throw error
    }
    return execution.follow(result)
  }
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapper, property, { value: run[property], configurable: true })
  }
  return wrapper as unknown as F
}

/** One execution of a function, from its call to the end of what it returned. */
class Execution {
  readonly #what: Traced
  readonly #startMs = performance.now()
  readonly #span: Span
  readonly context: Context
  #ended = false

  constructor(what: Traced) {
    this.#what = what
    const { name, attributes } = what
    this.#span = trace.getTracer(METER_SCOPE.name, METER_SCOPE.version).startSpan(name, {
      kind: SpanKind.INTERNAL,
      attributes,
    })
    this.context = trace.setSpan(context.active(), this.#span)
  }

  /** Ends when `result` does; returns what the caller gets. */
  follow(result: unknown): unknown {
    // Only the platform's own promises: others may be lazy, and would begin by being listened to.
    if (result instanceof Promise && result.constructor === Promise) {
      return result.then(
        (value) => {
          this.end()
          return value as unknown
        },
        (error: unknown) => {
          this.fail(error)
          throw error
        },
      )
    }
    if (isGenerator(result)) this.#followGenerator(result)
    else this.end()
    return result
  }

  fail(error: unknown): void {
    this.end(error instanceof Error ? error.constructor.name || error.name : '_OTHER')
  }

  end(errorType?: string): void {
    if (this.#ended) return
    this.#ended = true
    guard('ending a tool or an agent', () => {
      if (errorType !== undefined) {
        this.#span.setAttribute(ATTRIBUTE.errorType, errorType)
        this.#span.setStatus({ code: SpanStatusCode.ERROR, message: errorType })
      }
      this.#span.end()
      const { duration, labels } = this.#what
      const seconds = (performance.now() - this.#startMs) / 1000
      const outcome = errorType === undefined ? labels : { ...labels, [ATTRIBUTE.errorType]: errorType }
      histogram(duration).record(seconds, outcome, this.context)
    })
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

type GeneratorLike = Readonly<Record<'next' | 'return' | 'throw', (...args: unknown[]) => unknown>>

function isGenerator(value: unknown): value is GeneratorLike {
  if (typeof value !== 'object' || value === null) return false
  const tag = (value as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Generator' || tag === 'AsyncGenerator'
}

const histograms = new WeakMap<MeterProvider, Map<string, Histogram>>()

/** Of the MeterProvider that is the global one now: there may have been none before. */
function histogram({ name, unit, boundaries = [] }: MetricDefinition): Histogram {
  const provider = metrics.getMeterProvider()
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
