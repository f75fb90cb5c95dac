import type { EstimateMethod, UnpricedReason } from './call.ts'
import type { Operation } from './operation.ts'
import type { Status } from './status.ts'

/**
 * Version of the line. Within a version fields may be added, and values to the lists of `operation` and `unpriced`; what a field means, its type
 * and its unit stay. Whatever breaks a reader is a new version.
 */
export const CALL_LOG_VERSION = 1

/** Value of `module`, by which lines of ours are told from the application's in the same stream. */
export const CALL_LOG_MODULE = 'tokenmeter'

/** Severity, in the words that winston, pino and OpenTelemetry share. */
export type CallLogLevel = 'info' | 'warn' | 'error'

/**
 * One line of the log: what a finished call says of itself. No content, no text of an error. What is unknown is absent, never 0.
 *
 * Flat, so that every backend can index it. The docstrings are the descriptions in `docs/logs.md` and in the JSON Schema. Names: those of
 * OpenTelemetry for `trace_id` and `span_id` (https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/), of the labels in
 * `instruments.ts`, and else those of the attributes without their namespace.
 */
export interface CallLogRecord {
  /** When the call ended: ISO 8601 in UTC, to the millisecond. */
  readonly timestamp: string
  /** `error` for a call that failed, `warn` for one that was rate limited, `info` for all others. */
  readonly level: CallLogLevel
  /** Operation, model and status as a sentence. */
  readonly message: string
  /** Always `tokenmeter`: whose line it is. */
  readonly module: typeof CALL_LOG_MODULE
  /** Version of the line. */
  readonly schema_version: typeof CALL_LOG_VERSION
  /** Kind of endpoint: the label `operation`. */
  readonly operation: Operation
  /** The model that was asked for; where none was, the one that answered. */
  readonly model?: string | undefined
  /** The model that answered, as the provider names it. It is the one that is priced. */
  readonly response_model?: string | undefined
  /** Azure: the deployment that was asked. */
  readonly deployment?: string | undefined
  /** Who answers, in the words of `gen_ai.provider.name`. */
  readonly provider: string
  /** Host that was asked. */
  readonly server_address?: string | undefined
  /** Whether the answer was asked for as a stream. */
  readonly stream: boolean
  /** How the call ended: the label `status`. */
  readonly status: Status
  /** Why it failed: the provider's code, else the HTTP status, else the class of the exception. */
  readonly error_type?: string | undefined
  /** HTTP requests that the call took; 0 over a WebSocket. */
  readonly attempts: number
  /** Seconds to the end of the call; for a stream, to the end of the stream. */
  readonly duration: number
  /** Seconds to the first chunk of a stream. */
  readonly time_to_first_chunk?: number | undefined
  /** Id of the answer. */
  readonly response_id?: string | undefined
  /** Id that the provider gave to the last attempt: for its support. */
  readonly request_id?: string | undefined
  /** Where the token counts come from: `provider`; `estimated`, then they are in the fields `estimated_…` only; `none`. */
  readonly usage_source: 'provider' | 'estimated' | 'none'
  /** Input tokens as the provider counts them, cached ones included. */
  readonly input_tokens?: number | undefined
  /** Output tokens as the provider counts them, reasoning included. */
  readonly output_tokens?: number | undefined
  /** Of the input tokens: read from the provider's cache. */
  readonly cache_read_tokens?: number | undefined
  /** Of the input tokens: written to the provider's cache. */
  readonly cache_write_tokens?: number | undefined
  /** Of the output tokens: spent on reasoning. */
  readonly reasoning_tokens?: number | undefined
  /** Characters to be spoken. */
  readonly input_characters?: number | undefined
  /** Seconds of audio transcribed. */
  readonly input_seconds?: number | undefined
  /** Seconds of video made. */
  readonly output_seconds?: number | undefined
  /** Images made, where they are charged apiece. */
  readonly output_images?: number | undefined
  /** Calls of the provider's web search. */
  readonly web_searches?: number | undefined
  /** Calls of the provider's file search. */
  readonly file_searches?: number | undefined
  /** Exact cost in USD, a decimal in a text, so that no reader rounds it: `0.0000045`. */
  readonly cost_usd?: string | undefined
  /** Price list and version by which the cost was computed. */
  readonly price_source?: string | undefined
  /** Day of that price list, `YYYY-MM-DD`. */
  readonly price_date?: string | undefined
  /** Why an answered call has no cost. */
  readonly unpriced?: UnpricedReason | undefined
  /** Input tokens, estimated because the provider told no usage. */
  readonly estimated_input_tokens?: number | undefined
  /** Output tokens that arrived, estimated because the provider told no usage. */
  readonly estimated_output_tokens?: number | undefined
  /** How they were estimated. */
  readonly estimate_method?: EstimateMethod | undefined
  /** What the estimated tokens would cost in USD, a decimal in a text. Never part of `cost_usd`. */
  readonly estimated_cost_usd?: string | undefined
  /** Feature of the application that the call was made for. */
  readonly feature?: string | undefined
  /** Customer or organisation that the call was made for. */
  readonly tenant?: string | undefined
  /** User that the call was made for. */
  readonly user?: string | undefined
  /** Session that the call belongs to. */
  readonly session?: string | undefined
  /** Name of the prompt: the request's own, else the application's. */
  readonly prompt_name?: string | undefined
  /** Its version. */
  readonly prompt_version?: string | undefined
  /** Trace that the call belongs to, 32 hexadecimal digits; absent where nobody traces. */
  readonly trace_id?: string | undefined
  /** Span of the call, 16 hexadecimal digits. */
  readonly span_id?: string | undefined
}
