import {
  type Attempt,
  type CallRequest,
  guard,
  type OpenCall,
  type Outcome,
  type Recorder,
  reportFailure,
  type Timing,
} from '@tokenmeter/meter'
import type { Context } from '@opentelemetry/api'
import type { Answer, OperationRow, StreamReader } from './operations/row.ts'
import { findOperation } from './operations/table.ts'
import { deploymentOf, destinationOf } from './provider.ts'
import type { Beginning, ObservedAttempt, ObservedCall, Observer, StreamEnd } from './seam/observer.ts'
import type { RawResponse, RequestOptions } from './seam/shapes.ts'
import { ChunkClock } from './chunk-clock.ts'
import { ABORTED, errorClass, errorTypeOf, outcomeOf, rateLimitReasonOf } from './wire/error.ts'
import { rateLimitReason, readRateLimit } from './wire/headers.ts'
import { asObject, type JsonObject } from './wire/json.ts'

const NO_ANSWER: Answer = { response: {} }

/** Makes calls out of what the seam sees, and hands them to a recorder. */
export class CallWatcher implements Observer {
  readonly #recorder: Recorder
  readonly #onFirstCall: () => void
  #isFirst = true

  /** @param onFirstCall runs once, when the first call has been sent on its way. */
  constructor(recorder: Recorder, onFirstCall: () => void) {
    this.#recorder = recorder
    this.#onFirstCall = onFirstCall
  }

  begin(client: object, options: RequestOptions, beginning: Beginning): ObservedCall | undefined {
    const row = findOperation(options.method, options.path)
    if (!row) return undefined
    if (this.#isFirst) {
      this.#isFirst = false
      setImmediate(this.#onFirstCall)
    }
    const { provider, server } = destinationOf(client, options.path)
    const open = this.#recorder.start(
      {
        operation: row.operation,
        provider,
        ...(server && { server }),
        request: readRequest(row, options.body, provider, client),
        startTime: beginning.wallMs,
      },
      beginning.parent,
    )
    return new WatchedCall(row, open, beginning.monotonicMs)
  }
}

function readRequest(row: OperationRow, body: unknown, provider: string, client: object): CallRequest {
  const request = row.readRequest(asObject(body) ?? {})
  if (provider !== 'azure.ai.openai') return request
  const deployment = deploymentOf(client) ?? request.model
  if (deployment === undefined) return request
  return { ...request, model: request.model ?? deployment, deployment }
}

type AttemptDraft = { -readonly [K in keyof Attempt]: Attempt[K] }

class WatchedCall implements ObservedCall {
  readonly #row: OperationRow
  readonly #open: OpenCall
  readonly #startMs: number
  readonly #attempts: AttemptDraft[] = []
  #stream: { readonly reader: StreamReader; readonly clock: ChunkClock } | undefined
  #ended = false

  constructor(row: OperationRow, open: OpenCall, startMs: number) {
    this.#row = row
    this.#open = open
    this.#startMs = startMs
  }

  get context(): Context {
    return this.#open.context
  }

  attempt(): ObservedAttempt {
    const attempt: AttemptDraft = { duration: 0, endedAfter: 0 }
    this.#attempts.push(attempt)
    return new WatchedAttempt(attempt, this.#startMs)
  }

  failed(error: unknown): void {
    this.#finish(() => {
      const last = this.#attempts.at(-1)
      const reason = rateLimitReasonOf(error)
      if (last && reason) last.rateLimitReason = reason
      this.#end({ kind: outcomeOf(error), errorType: errorTypeOf(error), error }, this.#streamAnswer())
    })
  }

  answered(body: unknown): void {
    this.#finish(() => {
      const json = asObject(body)
      this.#endWith(json ? this.#row.readAnswer(json) : NO_ANSWER)
    })
  }

  handedRaw(): void {
    this.#finish(() => this.#end({ kind: 'success' }, NO_ANSWER))
  }

  streaming(): (chunk: unknown) => void {
    const reader = this.#row.createStreamReader()
    const clock = new ChunkClock(this.#startMs)
    this.#stream = { reader, clock }
    return (chunk) => {
      if (this.#ended) return
      try {
        clock.tick()
        if (typeof chunk === 'object' && chunk !== null) reader.read(chunk as JsonObject)
      } catch (error) {
        reportFailure('reading a chunk', error)
      }
    }
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
    this.#end(answer.failure === undefined ? { kind: 'success' } : { kind: 'error', errorType: answer.failure }, answer)
  }

  #finish(end: () => void): void {
    if (this.#ended) return
    this.#ended = true
    guard('ending a call', end)
  }

  #end(outcome: Outcome, { response, usage }: Answer): void {
    this.#open.end({ response, ...(usage && { usage }), attempts: this.#attempts, timing: this.#timing(), outcome })
  }

  #timing(): Timing {
    const duration = (performance.now() - this.#startMs) / 1000
    const clock = this.#stream?.clock
    if (!clock || clock.chunks === 0) return { duration, chunks: 0 }
    return { duration, chunks: clock.chunks, timeToFirstChunk: clock.timeToFirstChunk, chunkGaps: clock.gaps }
  }
}

class WatchedAttempt implements ObservedAttempt {
  readonly #attempt: AttemptDraft
  readonly #callStartMs: number
  readonly #startMs = performance.now()

  constructor(attempt: AttemptDraft, callStartMs: number) {
    this.#attempt = attempt
    this.#callStartMs = callStartMs
  }

  responded(response: RawResponse): void {
    this.#stop()
    guard('reading response headers', () => {
      const { status, headers } = response
      const attempt = this.#attempt
      attempt.status = status
      const requestId = headers.get('x-request-id')
      if (requestId) attempt.requestId = requestId
      const rateLimit = readRateLimit(headers)
      if (rateLimit) attempt.rateLimit = rateLimit
      if (status === 429) attempt.rateLimitReason = rateLimitReason(rateLimit)
    })
  }

  failed(error: unknown): void {
    this.#stop()
    guard('reading a network error', () => {
      this.#attempt.errorType = errorClass(error)
    })
  }

  #stop(): void {
    const now = performance.now()
    this.#attempt.duration = (now - this.#startMs) / 1000
    this.#attempt.endedAfter = (now - this.#callStartMs) / 1000
  }
}
