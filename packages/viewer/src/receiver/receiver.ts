import type { IncomingMessage, ServerResponse } from 'node:http'
import { MalformedOtlpError } from '../otlp/telemetry.ts'
import { answerExport, answerRefusal, type PartialSuccess, type RejectedField } from './answer.ts'
import { type BodyLimits, readBody } from './body.ts'
import { Refusal } from './refusal.ts'
import { Room } from './room.ts'

/** What OTLP carries. */
export type OtlpSignal = 'traces' | 'metrics' | 'logs'
/** How it is written. */
export type OtlpFormat = 'protobuf' | 'json'

/** An export, unpacked but not read. */
export interface OtlpExport {
  readonly signal: OtlpSignal
  readonly format: OtlpFormat
  readonly body: Uint8Array
}

/**
 * Takes an export: when the promise is kept, what it held is safe.
 *
 * @throws MalformedOtlpError when it is none.
 */
export type TakeExport = (received: OtlpExport) => Promise<PartialSuccess | undefined>

/** Settings of a receiver. */
export interface ReceiverOptions {
  readonly limits?: Partial<BodyLimits>
  /** Most bytes that may be on their way at once, all requests together. Clients are asked to come again beyond. Default 128 MiB. */
  readonly mostBytesUnderWay?: number
}

const MIB = 1024 * 1024
const REJECTED_FIELDS: Readonly<Record<OtlpSignal, RejectedField>> = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
}
const FORMATS: Readonly<Record<string, OtlpFormat>> = {
  'application/x-protobuf': 'protobuf',
  'application/protobuf': 'protobuf',
  'application/json': 'json',
}

/**
 * An OTLP/HTTP receiver (https://opentelemetry.io/docs/specs/otlp/#otlphttp): `POST /v1/traces`, `/v1/metrics` and `/v1/logs`, in protobuf and JSON,
 * packed by gzip or not.
 */
export class Receiver {
  readonly #take: TakeExport
  readonly #limits: BodyLimits
  readonly #mostUnderWay: number
  /** For bodies that are being unpacked: nobody knows how large they become. */
  readonly #room: Room
  #underWay = 0

  constructor(take: TakeExport, { limits = {}, mostBytesUnderWay = 128 * MIB }: ReceiverOptions = {}) {
    this.#take = take
    this.#limits = { compressed: 16 * MIB, unpacked: 64 * MIB, ...limits }
    this.#mostUnderWay = mostBytesUnderWay
    this.#room = new Room(Math.max(mostBytesUnderWay, this.#limits.unpacked))
  }

  /** Serves a request for `signal`. Never rejects: what goes wrong is in the answer. */
  async serve(signal: OtlpSignal, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const contentType = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
    const format = FORMATS[contentType]
    try {
      if (request.method !== 'POST') throw new Refusal(405, 'Telemetry is sent by POST', { allow: 'POST' })
      if (!format) {
        throw new Refusal(
          415,
          `The content type is ${JSON.stringify(contentType)}; send application/x-protobuf or application/json`,
        )
      }
      const partial = await this.#receive(signal, format, request)
      answerExport(response, format, REJECTED_FIELDS[signal], partial)
    } catch (error) {
      const { status, message, headers } = refusalOf(error)
      // What is not read to its end would be taken for the next request.
      const close = request.complete ? {} : { connection: 'close' }
      answerRefusal(response, format ?? 'json', status, message, { ...headers, ...close })
    }
  }

  async #receive(
    signal: OtlpSignal,
    format: OtlpFormat,
    request: IncomingMessage,
  ): Promise<PartialSuccess | undefined> {
    this.#refuseTooMuch()
    const claimed = Number(request.headers['content-length'] ?? 0)
    let length = Number.isFinite(claimed) ? claimed : 0
    this.#underWay += length
    try {
      const body = await readBody(request, this.#limits, this.#room)
      this.#underWay += body.length - length
      length = body.length
      if (this.#underWay > length) this.#refuseTooMuch()
      return await this.#take({ signal, format, body })
    } finally {
      this.#underWay -= length
    }
  }

  #refuseTooMuch(): void {
    if (this.#underWay <= this.#mostUnderWay) return
    throw new Refusal(503, 'More is on its way than can be stored; try again in a second', { 'retry-after': '1' })
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof MalformedOtlpError) return new Refusal(400, error.message)
  return new Refusal(500, error instanceof Error ? error.message : String(error))
}
