/**
 * The private shapes of the openai client that the seam relies on, as they are in v4 to v7. Each is probed before it is used:
 * where one is missing, the call goes on unwatched.
 */

/** What `makeRequest` receives: the caller's options with method, path and body. The same object comes back on retries. */
export interface RequestOptions {
  readonly method?: unknown
  readonly path?: unknown
  body?: unknown
  readonly query?: unknown
  readonly stream?: unknown
  readonly signal?: unknown
  /** Of forms: `{ model }`, where the client knows it and nobody else can read it any more. */
  readonly __metadata?: unknown
}

/** What `fetchWithTimeout` is given to send. */
export interface RequestInitLike {
  readonly body?: unknown
}

/** What `makeRequest` resolves with, and what parsing receives: one object for both, in every version. */
export interface ResponseProps {
  readonly response: RawResponse
}

/** The part of a fetch `Response` that may be looked at without reading its body. */
export interface RawResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  /** A stream of the platform, or of Node (node-fetch). */
  readonly body?: object | null
}

/** `Headers`, of the platform or of node-fetch. */
export interface ResponseHeaders {
  get(name: string): string | null
}

/** `APIPromise`: own, writable properties in all versions although TypeScript calls them private. */
export interface ApiPromiseLike {
  responsePromise?: PromiseLike<ResponseProps>
  parseResponse?: (...args: unknown[]) => unknown
  /** Set once somebody has asked for the parsed answer. */
  parsedPromise?: unknown
}

/** `Stream`: everything that reads it goes through its own property `iterator`. */
export interface StreamLike {
  iterator: () => AsyncIterator<unknown>
  readonly controller: AbortController
}

/** A client: an instance of the class that owns `makeRequest`, or of a subclass. */
export interface ClientLike {
  readonly baseURL?: unknown
  /** Only `AzureOpenAI` has one. */
  readonly apiVersion?: unknown
  /** `AzureOpenAI`; in older v4 it was private. */
  readonly deploymentName?: unknown
  readonly _deployment?: unknown
  /** Bedrock or Vertex behind the plain class, in v6 and v7. */
  readonly _provider?: unknown
  readonly _options?: unknown
}

/** A run of tools: `messages` grows by each answer of the model and each result of a tool. */
export interface ToolRunner {
  readonly messages: readonly (ToolMessage | null | undefined)[]
}

interface ToolMessage {
  readonly role?: unknown
  readonly tool_calls?: readonly ToolCall[] | null
}

/** The model's call of a tool. */
export interface ToolCall {
  readonly id?: unknown
  readonly function?: { readonly name?: unknown; readonly arguments?: unknown }
}

/** A function as `runTools` takes it: with its description, and, since `parse` is optional, given its arguments as text or parsed. */
export interface Runnable {
  readonly name?: unknown
  readonly function?: unknown
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** A WebSocket class of the client: `OpenAIRealtimeWS`, `ResponsesWS` and their likes. */
export interface SocketLike {
  readonly url?: unknown
  readonly socket?: Transport
  /** Only those of the `resources` folder keep their client. */
  readonly _client?: object
  /** Those of the Realtime API in v7, where they are to reconnect. */
  readonly _recovery?: unknown
}

/** A `WebSocket` of the platform or of the package `ws`, or the client's own wrapper around either, which has no `addEventListener`. */
export interface Transport {
  readonly readyState?: unknown
  addEventListener?(name: 'open' | 'close', listener: (event: unknown) => void): void
  on?(name: 'open' | 'close', listener: (code: unknown) => void): void
}

export function isStream(value: unknown): value is StreamLike {
  if (typeof value !== 'object' || value === null) return false
  const { iterator, controller } = value as Partial<StreamLike>
  return (
    typeof iterator === 'function' && typeof controller === 'object' && controller !== null && 'signal' in controller
  )
}
