import type { Call } from './call.ts'
import { CALL_LOG_MODULE, CALL_LOG_VERSION, type CallLogLevel, type CallLogRecord } from './call-log-record.ts'
import { type Status, statusOf } from './status.ts'
import { decimalUsd } from './usd.ts'

/** What a value looks like. `decimal` is a number written as a text, `day` is `YYYY-MM-DD`, `seconds` and `units` are numbers of at least 0. */
export type CallLogKind =
  | 'timestamp'
  | 'text'
  | 'word'
  | 'flag'
  | 'count'
  | 'units'
  | 'seconds'
  | 'decimal'
  | 'day'
  | 'id'

/** Where the value of one field comes from. */
export interface CallLogField<Value> {
  readonly kind: CallLogKind
  /** Of a `word` that has a fixed list: all of it. Lists that may grow have none. */
  readonly words?: readonly Exclude<Value, undefined>[]
  readonly read: (call: Call) => Value
}

const LEVELS: Readonly<Record<Status, CallLogLevel>> = {
  success: 'info',
  cancelled: 'info',
  rate_limit: 'warn',
  error: 'error',
}

const field = <Value>(kind: CallLogKind, read: (call: Call) => Value): CallLogField<Value> => ({ kind, read })

const word = <Value>(
  words: readonly Exclude<Value, undefined>[],
  read: (call: Call) => Value,
): CallLogField<Value> => ({ kind: 'word', words, read })

const status = ({ outcome }: Call): Status => statusOf(outcome.kind)
const model = ({ request, response }: Call): string | undefined => request.model ?? response?.model
const endedAt = ({ startTime, timing }: Call): string => new Date(startTime + timing.duration * 1000).toISOString()

/** To the microsecond: what is beyond comes from the arithmetic of doubles. */
const rounded = (seconds: number): number => Number(seconds.toFixed(6))

/** The prompt that the request names is the one that is used, version and all. */
function prompt({ request, attribution }: Call): { readonly name?: string; readonly version?: string | undefined } {
  const { promptName: name, promptVersion: version } = request.parameters
  return name === undefined ? (attribution?.prompt ?? {}) : { name, version }
}

/** The one table of the fields, in their order on the line. */
export const CALL_LOG_FIELDS: { readonly [Name in keyof CallLogRecord]-?: CallLogField<CallLogRecord[Name]> } = {
  timestamp: field('timestamp', endedAt),
  level: word(['info', 'warn', 'error'], (call) => LEVELS[status(call)]),
  message: field('text', (call) => `${[call.operation, model(call)].filter(Boolean).join(' ')}: ${status(call)}`),
  module: word([CALL_LOG_MODULE], () => CALL_LOG_MODULE),
  schema_version: word([CALL_LOG_VERSION], () => CALL_LOG_VERSION),
  operation: field('word', (call) => call.operation),
  model: field('text', model),
  response_model: field('text', (call) => call.response?.model),
  deployment: field('text', (call) => call.request.deployment),
  provider: field('text', (call) => call.provider),
  server_address: field('text', (call) => call.server?.address),
  stream: field('flag', (call) => call.request.stream),
  status: word(['success', 'error', 'rate_limit', 'cancelled'], status),
  error_type: field('text', (call) => call.outcome.errorType),
  attempts: field('count', (call) => call.attempts.length),
  duration: field('seconds', ({ timing }) => rounded(timing.duration)),
  time_to_first_chunk: field(
    'seconds',
    ({ timing: { timeToFirstChunk } }) => timeToFirstChunk && rounded(timeToFirstChunk),
  ),
  response_id: field('text', (call) => call.response?.id),
  request_id: field('text', (call) => call.attempts.at(-1)?.requestId),
  usage_source: word(['provider', 'estimated', 'none'], (call) => call.usageSource),
  input_tokens: field('count', (call) => call.usage?.inputTokens),
  output_tokens: field('count', (call) => call.usage?.outputTokens),
  cache_read_tokens: field('count', (call) => call.usage?.cacheReadTokens),
  cache_write_tokens: field('count', (call) => call.usage?.cacheWriteTokens),
  reasoning_tokens: field('count', (call) => call.usage?.reasoningTokens),
  input_characters: field('units', (call) => call.units?.inputCharacters),
  input_seconds: field('seconds', (call) => call.units?.inputSeconds),
  output_seconds: field('seconds', (call) => call.units?.outputSeconds),
  output_images: field('units', (call) => call.units?.outputImages),
  web_searches: field('units', (call) => call.units?.webSearches),
  file_searches: field('units', (call) => call.units?.fileSearches),
  cost_usd: field('decimal', ({ cost }) => cost && decimalUsd(cost.picoUsd)),
  price_source: field('text', (call) => call.cost?.priceSource),
  price_date: field('day', (call) => call.cost?.priceDate),
  unpriced: field('word', (call) => call.unpriced),
  estimated_input_tokens: field('count', (call) => call.estimate?.inputTokens),
  estimated_output_tokens: field('count', (call) => call.estimate?.outputTokens),
  estimate_method: word(['gpt-tokenizer', 'characters'], (call) => call.estimate?.method),
  estimated_cost_usd: field('decimal', ({ estimatedCost }) => estimatedCost && decimalUsd(estimatedCost.picoUsd)),
  feature: field('text', (call) => call.attribution?.feature),
  tenant: field('text', (call) => call.attribution?.tenant),
  user: field('text', (call) => call.attribution?.user),
  session: field('text', (call) => call.attribution?.session),
  prompt_name: field('text', (call) => prompt(call).name),
  prompt_version: field('text', (call) => prompt(call).version),
  trace_id: field('id', (call) => call.trace?.traceId),
  span_id: field('id', (call) => call.trace?.spanId),
}

const FIELDS = Object.entries(CALL_LOG_FIELDS) as [keyof CallLogRecord, CallLogField<unknown>][]

/** Characters a text may have on the line, as in an `Attribution`: names come from requests and answers, and nobody else bounds them. */
const MAX_LENGTH = 256

/**
 * What a finished call says on its line: for a logger of the application's, `logger.info(callLogRecord(call))`, from `onCall`.
 *
 * @returns an object of its own, whose fields `docs/logs.md` describes. Texts end after 256 characters.
 */
export function callLogRecord(call: Call): CallLogRecord {
  const record: Record<string, unknown> = {}
  for (const [name, { read }] of FIELDS) {
    const value = read(call)
    if (value !== undefined) record[name] = typeof value === 'string' ? value.slice(0, MAX_LENGTH) : value
  }
  return record as unknown as CallLogRecord
}
