import * as api from '@opentelemetry/api'
import {
  type Context,
  INVALID_SPANID,
  INVALID_TRACEID,
  type MeterProvider,
  type Span,
  trace,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import { withoutAttributionBaggage } from './attribution-baggage.ts'
import { attributionIn, type AttributionScope, scopeOf } from './attribution-scope.ts'
import type { Call, CallEnd, CallStart, CallTrace, Cost, Estimate, PriceCall, PriceResult } from './call.ts'
import type { Admission, CallGate, PendingRequest } from './call-gate.ts'
import { type CaptureMode, reachesEvent } from './content/capture-mode.ts'
import type { Content } from './content/content.ts'
import type { ContentOptions } from './content/options.ts'
import { ContentPipeline, type PendingContent } from './content/pipeline.ts'
import { sharePipeline, unsharePipeline } from './content/shared.ts'
import { contextWithSpan } from './context-with-span.ts'
import type { ExecutionTelemetry } from './execution.ts'
import { guard, reportFailure } from './guard.ts'
import { type InstrumentSet, instrumentSet, isNoop } from './instrument-set.ts'
import { type Draft, draftsOf } from './draft.ts'
import type { AttributionLabel } from './instruments.ts'
import type { Ledger, LedgerRow } from './ledger.ts'
import { OPERATION_CONVENTIONS } from './operation.ts'
import { type SemconvProfile, type SemconvProfileName, semconvProfile } from './profile.ts'
import { recordAiMetrics, rowOf } from './sinks/ai-metrics.ts'
import { emitCall, emitDetails, emitException, type EventLogger } from './sinks/events.ts'
import { recordGenAiMetrics } from './sinks/gen-ai-metrics.ts'
import { endSpan, startSpan } from './sinks/span.ts'
import { runnerTool, type ToolFacts } from './traced-function.ts'

/** A provider of event loggers: OpenTelemetry's `LoggerProvider`, of whatever version. */
export interface EventLoggerProvider {
  getLogger(name: string, version?: string): EventLogger
}

/** Settings of a `Recorder`. */
export interface RecorderOptions {
  /** Name and version of the instrumentation the spans and events are attributed to. */
  readonly scope: { readonly name: string; readonly version: string }
  /** State of the GenAI conventions to follow. Default `v0.1.0`. */
  readonly semconv?: SemconvProfileName
  /** How many values a label may take before the rest becomes `other`. Default 200. Fixed by whoever measures first. */
  readonly maxLabelValues?: number
  /**
   * What of the attribution the counters have as labels; nothing by default. Each label is bounded by `maxLabelValues`, and all of them together by what the SDK
   * takes. A `user` here is sent as it is, to whoever can read the metrics.
   */
  readonly metricAttribution?: readonly AttributionLabel[]
  /** Prices a call. Without it every call is unpriced for the reason `no_price_book`. */
  readonly price?: PriceCall
  /** Emits the details event for every call. Default false: without content it repeats the span. */
  readonly detailsEvent?: boolean
  /** Emits a log record for every call, whatever its operation. Default false. */
  readonly logRecords?: boolean
  /** Writes every finished call to a log. What it throws is reported once and dropped. */
  readonly log?: (call: Call) => void
  /** Is told every finished call; with its content, where that is captured, a turn of the event loop later. What it throws is reported once and dropped. */
  readonly onCall?: (call: Call) => void
  /** Decides which calls may be made. Without it none is held back. */
  readonly gate?: CallGate
  /** How content is captured. Without it, it never is. */
  readonly content?: ContentOptions
}

/** A call that has begun. */
export interface OpenCall {
  /** The caller's context with the call's span in it, and without baggage of ours: to be active while the request is sent. */
  readonly context: Context
  /**
   * What the application is to catch in the place of an answer, or `undefined` when the request may leave; never rejects. Absent where it may
   * leave at once.
   */
  readonly refusal: Promise<Error | undefined> | undefined
  /** Where its content goes: `NO_CONTENT` where nobody would see it, and none need be gathered. */
  readonly capture: CaptureMode
  /**
   * Records the call. Only the first time counts.
   *
   * @param content is looked at later, off the caller's path; the span ends then, with the times it would have ended with.
   * @returns the call as it was recorded, with its cost or the reason why it has none; `undefined` when it was not.
   */
  end(end: CallEnd, content?: PendingContent): Call | undefined
}

/**
 * Turns calls into telemetry: spans, `gen_ai.*` metrics, `ai_*` metrics, events and the user's hook, each cut off from the failures
 * of the others. Nothing here throws.
 */
export class Recorder {
  readonly options: RecorderOptions
  readonly profile: SemconvProfile
  readonly #bounds: { readonly maxLabelValues?: number }
  /** The way of content; absent where none is ever captured. */
  readonly content: ContentPipeline | undefined
  #tracer: Tracer
  #logger: EventLogger | undefined
  #meterProvider: MeterProvider | undefined
  #instruments: InstrumentSet | undefined
  readonly #executions: ExecutionTelemetry = {
    tracer: () => this.#tracer,
    meterProvider: () => this.#meterProvider ?? api.metrics.getMeterProvider(),
    content: () => this.content,
  }

  constructor(options: RecorderOptions) {
    this.options = options
    this.profile = semconvProfile(options.semconv ?? 'v0.1.0')
    this.#bounds = options.maxLabelValues === undefined ? {} : { maxLabelValues: options.maxLabelValues }
    this.content = options.content && new ContentPipeline(options.content)
    this.#tracer = trace.getTracer(options.scope.name, options.scope.version)
    // API 1.9 has no logs; there, events need a provider that is handed over.
    const logs = (api as { logs?: EventLoggerProvider }).logs
    this.#logger = logs?.getLogger(options.scope.name, options.scope.version)
    guard('creating instruments', () => void this.instruments())
  }

  setTracerProvider(provider: TracerProvider): void {
    this.#tracer = provider.getTracer(this.options.scope.name, this.options.scope.version)
  }

  /** @param provider OpenTelemetry's no-op provider, which is handed over where there is none yet, stands for the global one. */
  setMeterProvider(provider: MeterProvider): void {
    this.#instruments = undefined
    guard('creating instruments', () => {
      this.#meterProvider = isNoop(provider) ? undefined : provider
      this.instruments()
    })
  }

  setLoggerProvider(provider: EventLoggerProvider): void {
    this.#logger = provider.getLogger(this.options.scope.name, this.options.scope.version)
  }

  /** From now on functions of `tool` capture by the same options, unless another recorder's came first. */
  shareContent(): void {
    if (this.content) sharePipeline(this.content)
  }

  unshareContent(): void {
    if (this.content) unsharePipeline(this.content)
  }

  /** Records the calls whose content waits, within `withinMs` milliseconds, and the rest of them without: for the end of the process. */
  settleContent(withinMs: number): void {
    this.content?.settle(withinMs)
  }

  /** Adds to `ai_redactions_total`. */
  countRedactions(dataClass: string, count: number): void {
    guard('counting redactions', () => this.instruments().ledger.addRedactions(dataClass, count))
  }

  /** The instruments of the provider in use; while there is no provider yet, each call looks again. */
  instruments(): InstrumentSet {
    if (this.#instruments?.isBound) return this.#instruments
    const set = instrumentSet(this.#bounds, this.#meterProvider)
    set.genAi(this.profile.name)
    if (this.options.metricAttribution) set.ledger.attribution.allow(this.options.metricAttribution)
    this.#instruments = set
    return set
  }

  /**
   * Begins a call.
   *
   * @param parent the context the call belongs to; default: the active one.
   * @param request for whoever can hold it back until the call is admitted.
   */
  start(start: CallStart, parent: Context = api.context.active(), request?: PendingRequest): OpenCall {
    return new RecordedCall(this, start, parent, this.#tracer, request)
  }

  /**
   * A function in the place of `run`, a tool that a loop of the client executes: each call of it is a span `execute_tool <name>` below the active
   * one. The loop must await what it returns.
   */
  tool<F extends (...args: never[]) => unknown>(name: string, run: F, facts: ToolFacts = {}): F {
    return runnerTool(name, run, facts, this.#executions)
  }

  price(call: Call): PriceResult | undefined {
    if (call.billed === false) return undefined
    if (!call.usage && !call.pieces && !call.units && !call.reportedCost)
      return wasAnswered(call) ? { unpriced: 'no_usage' } : undefined
    if (!this.options.price) return { unpriced: 'no_price_book' }
    try {
      return this.options.price(call)
    } catch (error) {
      reportFailure('pricing', error)
      return { unpriced: 'price_table_unavailable' }
    }
  }

  /** @returns `undefined` where nobody knows a price. */
  priceEstimate(call: Call, { inputTokens, outputTokens }: Estimate): Cost | undefined {
    return this.price({ ...call, usage: { inputTokens, outputTokens } })?.cost
  }

  emitEvents(call: Call, context: Context, capture: CaptureMode): void {
    if (!this.#logger) return
    const content = reachesEvent(capture) ? call.content : undefined
    if (call.outcome.errorType !== undefined) emitException(this.#logger, call, content, context)
    if (this.options.logRecords) emitCall(this.#logger, call, this.profile, context)
    const isWanted = this.options.detailsEvent || reachesEvent(capture)
    if (isWanted && OPERATION_CONVENTIONS[call.operation].metrics === 'inference') {
      emitDetails(this.#logger, call, content, this.profile, context)
    }
  }
}

function traceOf(span: Span | undefined): CallTrace | undefined {
  if (!span) return undefined
  const { traceId, spanId } = span.spanContext()
  // Nobody makes other ids that are none; `isSpanContextValid` would look at each digit.
  return traceId === INVALID_TRACEID || spanId === INVALID_SPANID ? undefined : { traceId, spanId }
}

function usageSourceOf({ usage, estimate }: CallEnd): Call['usageSource'] {
  if (usage) return 'provider'
  return estimate ? 'estimated' : 'none'
}

/** A call the provider answered has been billed; one that failed before has not. */
const wasAnswered = ({ attempts, response, outcome }: CallEnd): boolean => {
  if (attempts.length === 0) return outcome.kind === 'success' || response?.id !== undefined
  const status = attempts.at(-1)?.status
  return status !== undefined && status >= 200 && status < 300
}

const CallDraft = draftsOf<Call>()

class RecordedCall implements OpenCall {
  readonly context: Context
  readonly capture: CaptureMode
  readonly #recorder: Recorder
  readonly #start: CallStart
  /** Of the beginning: a stream may be read when it is over. */
  #scope: AttributionScope | undefined
  #span: Span | undefined
  #ledger: Ledger | undefined
  #row: LedgerRow | undefined
  #ended = false
  #admission: Admission | undefined
  readonly refusal: Promise<Error | undefined> | undefined
  #isTold = false

  constructor(
    recorder: Recorder,
    start: CallStart,
    parent: Context,
    tracer: Tracer,
    request: PendingRequest | undefined,
  ) {
    this.#recorder = recorder
    let context = parent
    let attribution = start.attribution
    try {
      this.#scope = scopeOf(parent)
      attribution ??= attributionIn(parent, this.#scope)
      context = withoutAttributionBaggage(parent)
    } catch (error) {
      reportFailure('attribution', error)
    }
    this.#start = attribution ? { ...start, attribution } : start
    try {
      this.#span = startSpan(tracer, this.#start, parent)
      context = contextWithSpan(context, this.#span)
      this.#ledger = recorder.instruments().ledger
      if (start.request.model !== undefined) this.#row = rowOf(this.#ledger, this.#start, start.request.model)
    } catch (error) {
      reportFailure('starting a call', error)
    }
    this.context = context
    this.capture = recorder.content ? this.#captureBy(recorder.content) : 'NO_CONTENT'
    const { gate } = recorder.options
    if (gate) this.refusal = this.#ask(gate, request)
  }

  #ask(gate: CallGate, request: PendingRequest | undefined): Promise<Error | undefined> | undefined {
    try {
      this.#admission = gate.admit(this.#start, request)
      return this.#admission?.refusal?.catch((error: unknown) => {
        reportFailure('the decision of the gate', error)
        return undefined
      })
    } catch (error) {
      reportFailure('the gate', error)
      return undefined
    }
  }

  end(end: CallEnd, content?: PendingContent): Call | undefined {
    if (this.#ended) return undefined
    this.#ended = true
    try {
      return this.#record(end, content)
    } catch (error) {
      reportFailure('recording a call', error)
      return undefined
    }
  }

  #captureBy(pipeline: ContentPipeline): CaptureMode {
    const mode = pipeline.modeOf(this.#scope?.capture)
    const { onCall } = this.#recorder.options
    const isSeen = reachesEvent(mode) || this.#span?.isRecording() || onCall || pipeline.options.contentHook
    return isSeen ? mode : 'NO_CONTENT'
  }

  #record(end: CallEnd, pending: PendingContent | undefined): Call {
    const recorder = this.#recorder
    const draft = Object.assign(new CallDraft(), this.#start, end) as Draft<Call>
    draft.usageSource = usageSourceOf(end)
    const price = recorder.price(draft)
    if (price?.cost) draft.cost = price.cost
    else if (price) draft.unpriced = price.unpriced
    const estimatedCost = end.estimate && recorder.priceEstimate(draft, end.estimate)
    if (estimatedCost) draft.estimatedCost = estimatedCost
    guard("the span's ids", setTrace, draft, this.#span)
    const call: Call = Object.freeze(draft)
    if (this.#scope) guard('the totals', addToScope, this.#scope, call)
    if (!pending || !recorder.content || this.capture === 'NO_CONTENT') this.#tell(call)
    else this.#tellWithContent(call, pending, recorder.content)
    return call
  }

  #tell(call: Call): void {
    this.#endSpan(call)
    this.#measure(call)
    this.#tellEvents(call)
  }

  #tellWithContent(call: Call, pending: PendingContent, pipeline: ContentPipeline): void {
    this.#measure(call)
    pipeline.call(pending, call, this.#span?.spanContext(), (content) => this.#tellLater(call, content))
  }

  /** What is counted has been counted when the call ended. */
  #tellLater(call: Call, content: Content | undefined): void {
    if (this.#isTold) return
    this.#isTold = true
    const told = content ? Object.freeze({ ...call, content }) : call
    this.#endSpan(told)
    this.#tellEvents(told)
  }

  #endSpan(call: Call): void {
    if (this.#span) guard('the span', endSpan, this.#span, call, this.#recorder.profile, this.capture)
  }

  #tellEvents(call: Call): void {
    const { options } = this.#recorder
    guard('the events', emitEvents, this.#recorder, call, this.context, this.capture)
    if (options.log) guard('the log', tellLog, options, call)
    if (options.onCall) guard('onCall', tellHook, options, call)
  }

  #measure(call: Call): void {
    guard('the metrics', measure, this.#recorder, call, this.context, this.#row, this.#ledger)
    if (this.#admission) guard('the end of a call at the gate', endAdmission, this.#admission, call)
  }
}

// What `guard` is given for every call: see its `args`.

const setTrace = (draft: Draft<Call>, span: Span | undefined): void => {
  const ids = traceOf(span)
  if (ids) draft.trace = ids
}
const addToScope = (scope: AttributionScope, call: Call): void => scope.add(call)
const endAdmission = (admission: Admission, call: Call): void => admission.ended(call)
const tellLog = (options: RecorderOptions, call: Call): void => options.log?.(call)
const tellHook = (options: RecorderOptions, call: Call): void => options.onCall?.(call)
const emitEvents = (recorder: Recorder, call: Call, context: Context, capture: CaptureMode): void =>
  recorder.emitEvents(call, context, capture)

/** @param row in which the call began, if its model was known then. */
function measure(
  recorder: Recorder,
  call: Call,
  context: Context,
  row: LedgerRow | undefined,
  ledgerOfRow: Ledger | undefined,
): void {
  const instruments = recorder.instruments()
  const { ledger } = instruments
  guard('the gen_ai metrics', recordGenAiMetrics, instruments.genAi(recorder.profile.name), call, context)
  // The MeterProvider may have changed since: a row is only good for its own ledger.
  guard('the ai metrics', recordAiMetrics, ledger, ledgerOfRow === ledger ? row : undefined, call, context)
}
