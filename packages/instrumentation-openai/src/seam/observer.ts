import type { Context } from '@opentelemetry/api'
import type { AnyFunction } from './patch.ts'
import type { RawResponse, RequestOptions } from './shapes.ts'

/** When a call began, on both clocks, and in which context. */
export interface Beginning {
  readonly parent: Context
  /** Milliseconds since the epoch. */
  readonly wallMs: number
  /** Milliseconds on the monotonic clock. */
  readonly monotonicMs: number
}

/** Whoever the seam reports to. */
export interface Observer {
  /** Whether a call may have a `refusal`: where none can have one, nobody waits for it. */
  readonly holdsBack: boolean
  /** A request is about to be made. Returns `undefined` when nobody cares for this kind of request. */
  begin(client: object, options: RequestOptions, beginning: Beginning): ObservedCall | undefined
  /**
   * The client is about to execute a tool, and will await what it returns. Returns what to call in the place of `run`.
   *
   * @param callId of the model's call, where it is known.
   */
  tool(name: string, run: AnyFunction, callId: string | undefined): AnyFunction
  /** A WebSocket of the client is used for the first time. */
  connect(origin: SocketOrigin): ObservedSession
}

/** Where a WebSocket leads, and where it comes from. */
export interface SocketOrigin {
  readonly url: URL
  readonly client: object | undefined
  /** The context of its first event. */
  readonly parent: Context
}

/** Receives what passes through one WebSocket, over several connections if it reconnects. */
export interface ObservedSession {
  /**
   * The application sends this event.
   *
   * @param isQueued whether there is no connection yet, so that the client may keep it back.
   */
  sending(event: unknown, isQueued: boolean, parent: Context): void
  /** There is a connection, and what the client kept back has been sent. */
  connected(): void
  /** What the application has just sent could not be sent. */
  notSent(): void
  /** The server sent this event. */
  received(event: unknown): void
  /** The connection failed; that it is lost will be told by `disconnected`. */
  transportFailed(cause: unknown): void
  /** The connection is over; the client may make another one. */
  disconnected(code: number | undefined): void
  /** The client makes no other connection. */
  closed(code: number | undefined): void
  /** Nobody can hear the server any more. */
  abandoned(): void
}

/** Why a stream stopped giving chunks. */
export type StreamEnd = 'done' | 'aborted' | 'stopped'

/** What the application gets in the place of its answer, from a client that could not make of it what it was to. */
export interface Refusal {
  readonly error: unknown
}

/** Receives what happens to one logical call. No method throws, and whatever comes after the end is ignored. */
export interface ObservedCall {
  /** To be active while the request is on the wire. */
  readonly context: Context
  /** Whether the bytes of a binary answer have something to say. */
  readonly readsBinary: boolean
  /**
   * Resolves to what the call is to fail with, or to `undefined` when its request may leave, which does not leave before; never rejects. Absent where
   * it may leave at once.
   */
  readonly refusal: Promise<Error | undefined> | undefined
  /**
   * An HTTP request leaves; what is returned hears how it went.
   *
   * @param body as it is sent: the text of JSON, a form, or whatever the application gave.
   */
  attempt(body: unknown): ObservedAttempt
  /** The call failed with what the application will catch. */
  failed(error: unknown): void
  /** The application gets this parsed answer. */
  answered(body: unknown): void
  /** The client has this parsed answer, and may make more of it. */
  parsed(body: unknown): void
  /** The application gets what the client made of the parsed answer, or the refusal. */
  handedOver(refusal: Refusal | undefined): void
  /** The application got a raw response whose body nobody can see being read. */
  handedRaw(): void
  /** The application got the raw response; what is returned hears the bytes it reads. */
  handedBody(contentType: string): ObservedBody
  /** What to send in place of the application's body, so that a stream tells its usage; `undefined`: send what it gave. */
  question(body: unknown): object | undefined
  /** Whether a request that was asked a question is to be repeated without it, after it failed with `error`. */
  repeatsAfter(error: unknown): boolean
  /**
   * The application gets a stream; what is returned hears every chunk it reads, and says whether the application is not to see it.
   * A function, because it is called that often.
   */
  streaming(): (chunk: unknown) => boolean
  streamEnded(end: StreamEnd): void
  /** Nobody can read the answer any more. */
  abandoned(): void
}

/** Receives the bytes of a body as the application reads them. */
export interface ObservedBody {
  read(piece: Uint8Array | string): void
  /** All of them have been read. */
  ended(): void
}

/** Receives how one HTTP request went. */
export interface ObservedAttempt {
  responded(response: RawResponse): void
  failed(error: unknown): void
}
