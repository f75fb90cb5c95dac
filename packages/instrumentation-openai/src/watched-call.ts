import {
  type CallEnd,
  type CallRequest,
  type CallResponse,
  type ContainerMemory,
  type Estimate,
  guard,
  type OpenCall,
  type Outcome,
  type RateLimitReason,
  type RateLimitState,
  reportFailure,
  type Timing,
  type Units,
  type UnpricedReason,
} from '@tokenmeter/meter'
import type { Context } from '@opentelemetry/api'
import { withoutEcho } from './azure-request.ts'
import type { CallContent } from './call-content.ts'
import type { ChargeLog } from './charge-log.ts'
import { ChunkClock } from './chunk-clock.ts'
import {
  type Answer,
  type Draft,
  type OperationRow,
  put,
  type StreamReader,
  type UsedContainer,
} from './operations/row.ts'
import { RawEvents, RawJson, RawLines } from './raw-body.ts'
import { loseSight } from './seam/abandoned.ts'
import type { ObservedAttempt, ObservedBody, ObservedCall, Refusal, StreamEnd } from './seam/observer.ts'
import { isUsageChunk, type UsageQuestion, withoutUsageField } from './stream-usage.ts'
import { type AttemptDraft, WatchedAttempt } from './watched-attempt.ts'
import { ABORTED, errorTypeOf, outcomeOf, rateLimitReasonOf, STREAM_ERROR } from './wire/error.ts'
import { asObject, asText, type JsonObject } from './wire/json.ts'
import { Texts } from './wire/texts.ts'

/** @param written is what the stream brought. */
export type EstimateStream = (written: Texts, responseModel: string | undefined) => Estimate | undefined

const ENDING = 'ending a call'
const SUCCESS: Outcome = Object.freeze({ kind: 'success' })
const NO_ANSWER: Answer = { response: {} }
const noteAnswer = (content: CallContent, body: unknown): void => content.answered(body)

/** Why a batch has no cost, where its answers may say what it does not: its model, its tokens, or how they are spread over its requests. */
const TOLD_BY_OUTPUT: ReadonlySet<UnpricedReason> = new Set([
  'no_usage',
  'summed_usage',
  'unknown_model',
  'unknown_deployment',
])

/** One call of the client: asks the row of its endpoint what the answer means, and ends the record once. */
export class WatchedCall implements ObservedCall {
  readonly #row: OperationRow
  readonly #open: OpenCall
  readonly #startMs: number
  #attempts: readonly AttemptDraft[] = []
  #latestAttempt: WatchedAttempt | undefined
  readonly #request: CallRequest
  readonly #charged: ChargeLog
  readonly #errors: object
  #stream: { readonly reader: StreamReader; readonly clock: ChunkClock } | undefined
  readonly #ask: ((body: unknown) => UsageQuestion | undefined) | undefined
  readonly #estimate: EstimateStream | undefined
  readonly #content: CallContent | undefined
  #written: Texts | undefined
  #question: UsageQuestion | undefined
  #rateLimit: RateLimitState | undefined
  #rateLimitReason: RateLimitReason | undefined
  /** What the client has parsed, and the application does not have yet. */
  #answer = NO_ANSWER
  #ended = false

  /**
   * @param errors the client's class, whose error classes hang on it.
   * @param ask finds out whether a stream is to be asked for its usage; absent where there is nothing to ask.
   * @param estimate counts what a stream consumed that told no usage; absent where that cannot be told.
   * @param content gathers what was said; absent where nothing is captured.
   */
  constructor(
    row: OperationRow,
    request: CallRequest,
    open: OpenCall,
    startMs: number,
    charged: ChargeLog,
    errors: object,
    ask: ((body: unknown) => UsageQuestion | undefined) | undefined,
    estimate: EstimateStream | undefined,
    content: CallContent | undefined,
  ) {
    this.#content = content
    this.#estimate = estimate
    this.#ask = ask
    this.#row = row
    this.#errors = errors
    this.#request = request
    this.#charged = charged
    this.#open = open
    this.#startMs = startMs
  }

  get context(): Context {
    return this.#open.context
  }

  get readsBinary(): boolean {
    return this.#row.createLineReader !== undefined
  }

  get refusal(): Promise<Error | undefined> | undefined {
    return this.#open.refusal
  }

  attempt(body: unknown): ObservedAttempt {
    this.#content?.sent(body)
    const attempt: AttemptDraft = { duration: 0, endedAfter: 0 }
    const before = this.#attempts.at(-1)
    if (before) attempt.delay = Math.max(0, (performance.now() - this.#startMs) / 1000 - before.endedAfter)
    // Most calls have one: `push` would make room for sixteen more.
    this.#attempts = before ? [...this.#attempts, attempt] : [attempt]
    this.#latestAttempt = new WatchedAttempt(attempt, this.#startMs, this.#errors)
    return this.#latestAttempt
  }

  /** What is left of the quota, where no header says it. */
  limited(rateLimit: RateLimitState): void {
    this.#rateLimit = rateLimit
  }

  failed(error: unknown): void {
    this.#finish(() => {
      const last = this.#attempts.at(-1)
      const reason = rateLimitReasonOf(error)
      if (last && reason) last.rateLimitReason = reason
      else this.#rateLimitReason = reason
      if (reason === 'quota') this.#exhausted()
      const kind = outcomeOf(error, this.#errors)
      this.#end({ kind, errorType: errorTypeOf(error, this.#errors), error }, this.#streamAnswer())
    })
  }

  /** Bodies of refusals that are retried are nobody's to read; what the last one says was so a moment before, too. */
  #exhausted(): void {
    for (const attempt of this.#attempts) if (attempt.status === 429) attempt.rateLimitReason = 'quota'
  }

  answered(body: unknown): void {
    this.parsed(body)
    this.handedOver(undefined)
  }

  parsed(body: unknown): void {
    if (!this.#ended) this.#answer = this.#read(body)
  }

  handedOver(refusal: Refusal | undefined): void {
    if (!this.#isFirstEnd()) return
    // Not `#finish`, whose closure every call would leave behind.
    try {
      if (!refusal) return this.#endWith(this.#answer)
      const { error } = refusal
      this.#end({ kind: 'error', errorType: errorTypeOf(error, this.#errors), error }, this.#answer)
    } catch (failure) {
      reportFailure(ENDING, failure)
    }
  }

  #read(body: unknown): Answer {
    if (this.#content) guard('reading content', noteAnswer, this.#content, body)
    try {
      const json = asObject(body)
      return json ? this.#row.readAnswer(json, this.#request) : NO_ANSWER
    } catch (error) {
      reportFailure('reading an answer', error)
      return NO_ANSWER
    }
  }

  handedRaw(): void {
    this.#finish(() => this.#end(SUCCESS, NO_ANSWER))
  }

  handedBody(contentType: string): ObservedBody {
    const lines = this.#row.createLineReader?.()
    if (lines) {
      return new RawLines(
        (line) => lines.read(asObject(line) ?? {}),
        (isUnderstood) => this.#finish(() => this.#endWith(isUnderstood ? lines.answer() : NO_ANSWER)),
      )
    }
    if (contentType.includes('json')) return new RawJson((body) => this.answered(body))
    if (!this.#request.stream && !contentType.includes('text/event-stream'))
      return { read() {}, ended: () => this.handedRaw() }
    const onChunk = this.streaming()
    const onEvent = (event: unknown): void => {
      onChunk(event)
      const error = asObject(event)?.['error']
      if (error) this.#brokeOff(error)
    }
    return new RawEvents(onEvent, () => this.streamEnded('done'))
  }

  /** What the client throws as an error when it reads the stream itself. */
  #brokeOff(error: unknown): void {
    const errorType = asText(asObject(error)?.['code']) ?? STREAM_ERROR
    this.#finish(() => this.#end({ kind: 'error', errorType }, this.#streamAnswer()))
  }

  question(body: unknown): object | undefined {
    this.#question = this.#ask?.(body)
    return this.#question?.body
  }

  repeatsAfter(error: unknown): boolean {
    return this.#question?.repeatsAfter(error) ?? false
  }

  streaming(): (chunk: unknown) => boolean {
    if (this.#estimate) this.#written = new Texts()
    const reader = this.#row.createStreamReader(this.#written)
    const clock = new ChunkClock(this.#startMs)
    this.#stream = { reader, clock }
    const content = this.#content?.streaming()
    this.#question?.answered()
    const isAsked = this.#question?.isOpen ?? false
    return (chunk) => {
      try {
        const isObject = typeof chunk === 'object' && chunk !== null
        const isHidden = isAsked && isObject && hideUsage(chunk as JsonObject, reader)
        if (this.#ended || isHidden) return isHidden
        clock.tick()
        if (!isObject) return false
        reader.read(chunk as JsonObject)
        content?.read(chunk as JsonObject)
      } catch (error) {
        reportFailure('reading a chunk', error)
      }
      return false
    }
  }

  /** An event of a socket that repeats what the answer was, and is no chunk of it. */
  told(event: JsonObject): void {
    guard('reading content', () => this.#content?.told(event))
  }

  streamEnded(end: StreamEnd): void {
    this.#finish(() => {
      const answer = this.#streamAnswer()
      if (end === 'done') this.#endWith(answer)
      else if (end === 'stopped') this.#end({ kind: 'cancelled' }, answer)
      else this.#end({ kind: 'cancelled', errorType: ABORTED }, answer)
    })
  }

  abandoned(): void {
    this.#finish(() => this.#end({ kind: 'abandoned' }, this.#streamAnswer()))
  }

  #streamAnswer(): Answer {
    return this.#stream?.reader.answer() ?? NO_ANSWER
  }

  #endWith(answer: Answer): void {
    this.#end(answer.failure === undefined ? SUCCESS : { kind: 'error', errorType: answer.failure }, answer)
  }

  #finish(end: () => void): void {
    if (this.#isFirstEnd()) guard(ENDING, end)
  }

  #isFirstEnd(): boolean {
    if (this.#ended) return false
    this.#ended = true
    loseSight(this)
    return true
  }

  #end(outcome: Outcome, answer: Answer): void {
    const response = withoutEcho(this.#row.operation, this.#request, answer.response)
    this.#latestAttempt?.stop()
    const timing = this.#timing()
    const attempts = this.#attempts
    const isCharged = this.#isCharged(answer)
    const usage = isCharged ? answer.usage : undefined
    const end: Draft<CallEnd> = usage
      ? { response, attempts, timing, outcome, usage }
      : { response, attempts, timing, outcome }
    if (isCharged) this.#charge(end, answer)
    else end.billed = false
    if (isUnknown(end) && timing.chunks > 0) put(end, 'estimate', this.#estimateOf(response))
    put(end, 'rateLimit', this.#rateLimit)
    put(end, 'rateLimitReason', this.#rateLimitReason)
    const call = this.#open.end(end, this.#content?.pending(outcome.error))
    if (answer.output && call?.unpriced && TOLD_BY_OUTPUT.has(call.unpriced)) {
      this.#charged.awaitOutput(answer.output, call.usage !== undefined)
    }
  }

  /** Whether what the answer says is charged with this call, and not with another. */
  #isCharged({ billed, chargeId }: Answer): boolean {
    return billed !== false && (chargeId === undefined || this.#charged.isFirst(chargeId))
  }

  /** Notes what is charged with this call beside its usage. */
  #charge(end: Draft<CallEnd>, { usage, pieces, units, containers, reportedCost }: Answer): void {
    // What the request alone says holds where the answer tells no usage.
    const requested = end.outcome.kind === 'success' && !usage ? this.#request.units : undefined
    const sessions = containers && this.#sessionsOf(containers)
    put(end, 'pieces', pieces)
    put(end, 'units', sessions ? { ...units, containers: sessions } : (units ?? requested))
    put(end, 'reportedCost', reportedCost)
  }

  /** Sessions that begin with this call, by the memory of their containers; `undefined` when there is none. */
  #sessionsOf(containers: readonly UsedContainer[]): Units['containers'] {
    const begun = containers.filter(({ id }) => this.#charged.beginsSession(id, performance.now()))
    if (begun.length === 0) return undefined
    const sessions: Partial<Record<ContainerMemory, number>> = {}
    for (const { memory } of begun) sessions[memory] = (sessions[memory] ?? 0) + 1
    return sessions
  }

  #estimateOf({ model }: CallResponse): Estimate | undefined {
    try {
      return this.#written && this.#estimate?.(this.#written, model)
    } catch (error) {
      reportFailure('estimating tokens', error)
      return undefined
    }
  }

  #timing(): Timing {
    const duration = (performance.now() - this.#startMs) / 1000
    const clock = this.#stream?.clock
    if (!clock || clock.chunks === 0) return { duration, chunks: 0 }
    return { duration, chunks: clock.chunks, timeToFirstChunk: clock.timeToFirstChunk, chunkGaps: clock.gaps }
  }
}

const isUnknown = ({ usage, units, billed }: CallEnd): boolean => !usage && !units && billed !== false

/** Takes out of a chunk what the application has not asked for; `true` when nothing is left that it would have got. */
function hideUsage(chunk: JsonObject, reader: StreamReader): boolean {
  if (!isUsageChunk(chunk)) {
    withoutUsageField(chunk)
    return false
  }
  reader.read(chunk)
  return true
}
