import { AI_ATTRIBUTE, AI_EVENT, ATTRIBUTE } from '@tokenmeter/meter'
import type { Attributes, AttributeValue, Span } from '../otlp/telemetry.ts'
import { FOREIGN, FOREIGN_OPERATIONS } from './foreign-names.ts'

/** What role a span has in a trace of AI. */
export type SpanRole = 'call' | 'tool' | 'agent' | 'other'

/** How a call ended, as `ai_requests_total` counts it. */
export type CallStatus = 'success' | 'error' | 'rate_limit' | 'cancelled'

/** What the list and the charts know of a call. A field is absent when nobody said. */
export interface CallFacts {
  readonly operation: string
  readonly provider?: string | undefined
  readonly model?: string | undefined
  readonly responseModel?: string | undefined
  readonly status: CallStatus
  readonly errorType?: string | undefined
  readonly inputTokens?: number | undefined
  readonly cachedTokens?: number | undefined
  readonly cacheWriteTokens?: number | undefined
  readonly outputTokens?: number | undefined
  readonly reasoningTokens?: number | undefined
  /** 10⁻¹² USD. */
  readonly picoUsd?: bigint | undefined
  readonly unpriced?: string | undefined
  /** The tokens, and with them the cost, are estimates. */
  readonly estimated?: true | undefined
  /** Seconds. */
  readonly timeToFirstChunk?: number | undefined
  readonly chunks?: number | undefined
  readonly attempts: number
  /** Attempts that were answered with 429. */
  readonly rateLimitHits: number
  readonly finishReason?: string | undefined
  readonly feature?: string | undefined
  readonly tenant?: string | undefined
  readonly user?: string | undefined
  readonly session?: string | undefined
  readonly prompt?: string | undefined
}

const TOOL = 'execute_tool'
const AGENTS: ReadonlySet<string> = new Set(['invoke_agent', 'create_agent', 'invoke_workflow'])

/** What a span is. */
export function roleOf(span: Span): SpanRole {
  const operation = operationOf(span.attributes)
  if (operation === undefined) return 'other'
  if (operation === TOOL) return 'tool'
  return AGENTS.has(operation) ? 'agent' : 'call'
}

function operationOf(attributes: Attributes): string | undefined {
  const said = firstText(attributes, [ATTRIBUTE.genAiOperationName])
  if (said !== undefined) return said
  const foreign = firstText(attributes, FOREIGN.operation)?.toLowerCase()
  if (foreign !== undefined) {
    return FOREIGN_OPERATIONS.find(([word]) => foreign.startsWith(word))?.[1]
  }
  // OpenLLMetry and the conventions before 1.27 name the system and no operation.
  return firstText(attributes, FOREIGN.provider) === undefined ? undefined : 'chat'
}

/** What says each fact, strongest first. */
const NAMES = {
  operation: [AI_ATTRIBUTE.operation],
  provider: [ATTRIBUTE.genAiProviderName, ...FOREIGN.provider],
  model: [ATTRIBUTE.genAiRequestModel, ...FOREIGN.model, AI_ATTRIBUTE.deployment],
  responseModel: [ATTRIBUTE.genAiResponseModel, ...FOREIGN.responseModel],
  errorType: [ATTRIBUTE.errorType],
  usageSource: [AI_ATTRIBUTE.usageSource],
  inputTokens: [ATTRIBUTE.genAiUsageInputTokens, ...FOREIGN.inputTokens],
  estimatedInputTokens: [AI_ATTRIBUTE.estimatedInputTokens],
  cachedTokens: [ATTRIBUTE.genAiUsageCacheReadInputTokens, ...FOREIGN.cachedTokens],
  cacheWriteTokens: [
    ATTRIBUTE.genAiUsageCacheWriteInputTokens,
    ATTRIBUTE.genAiUsageCacheCreationInputTokens,
    ...FOREIGN.cacheWriteTokens,
  ],
  outputTokens: [ATTRIBUTE.genAiUsageOutputTokens, ...FOREIGN.outputTokens],
  estimatedOutputTokens: [AI_ATTRIBUTE.estimatedOutputTokens],
  reasoningTokens: [ATTRIBUTE.genAiUsageReasoningOutputTokens, ...FOREIGN.reasoningTokens],
  cost: [AI_ATTRIBUTE.cost, ...FOREIGN.cost],
  unpriced: [AI_ATTRIBUTE.unpriced],
  timeToFirstChunk: [ATTRIBUTE.genAiResponseTimeToFirstChunk],
  chunks: [AI_ATTRIBUTE.chunks],
  attempts: [AI_ATTRIBUTE.attempts],
  finishReason: [ATTRIBUTE.genAiResponseFinishReasons, ...FOREIGN.finishReasons],
  feature: [AI_ATTRIBUTE.feature, ...FOREIGN.feature],
  tenant: [AI_ATTRIBUTE.tenant],
  user: [AI_ATTRIBUTE.user, ...FOREIGN.user],
  session: [AI_ATTRIBUTE.session, ATTRIBUTE.genAiConversationId, ...FOREIGN.session],
  prompt: [ATTRIBUTE.genAiPromptName],
} as const satisfies Readonly<Record<string, readonly string[]>>

/** The facts of a span that is a call; of others they would be nonsense. */
export function readCall(span: Span): CallFacts {
  const { attributes } = span
  const text = (fact: keyof typeof NAMES): string | undefined => firstText(attributes, NAMES[fact])
  const count = (fact: keyof typeof NAMES): number | undefined => firstNumber(attributes, NAMES[fact])
  const isEstimated = text('usageSource') === 'estimated'
  return {
    operation: text('operation') ?? operationOf(attributes) ?? 'chat',
    provider: text('provider'),
    model: text('model'),
    responseModel: text('responseModel'),
    status: statusOf(span),
    errorType: text('errorType') ?? (span.statusCode === ERROR ? exceptionOf(span) : undefined),
    inputTokens: count(isEstimated ? 'estimatedInputTokens' : 'inputTokens'),
    cachedTokens: count('cachedTokens'),
    cacheWriteTokens: count('cacheWriteTokens'),
    outputTokens: count(isEstimated ? 'estimatedOutputTokens' : 'outputTokens'),
    reasoningTokens: count('reasoningTokens'),
    picoUsd: picoOf(count('cost')),
    unpriced: text('unpriced'),
    estimated: isEstimated ? (true as const) : undefined,
    timeToFirstChunk: firstChunkOf(attributes),
    chunks: count('chunks'),
    attempts: count('attempts') ?? 1,
    rateLimitHits: rateLimitHitsOf(span),
    finishReason: text('finishReason'),
    feature: text('feature'),
    tenant: text('tenant'),
    user: text('user'),
    session: text('session'),
    prompt: text('prompt'),
  }
}

const ERROR = 2
const STATUSES: ReadonlySet<unknown> = new Set<CallStatus>(['success', 'error', 'rate_limit', 'cancelled'])

function statusOf({ attributes, statusCode }: Span): CallStatus {
  const said = attributes[AI_ATTRIBUTE.status]
  if (STATUSES.has(said)) return said as CallStatus
  if (statusCode !== ERROR) return 'success'
  const http = Number(attributes[AI_ATTRIBUTE.httpStatus] ?? attributes[ATTRIBUTE.errorType])
  return http === 429 ? 'rate_limit' : 'error'
}

function exceptionOf({ events }: Span): string | undefined {
  for (const event of events) {
    const type = firstText(event.attributes, [ATTRIBUTE.exceptionType])
    if (type !== undefined) return type
  }
  return undefined
}

function rateLimitHitsOf({ events }: Span): number {
  return events.filter(
    ({ name, attributes }) => name === AI_EVENT.attempt && attributes[AI_ATTRIBUTE.httpStatus] === 429,
  ).length
}

function firstChunkOf(attributes: Attributes): number | undefined {
  const seconds = firstNumber(attributes, NAMES.timeToFirstChunk)
  if (seconds !== undefined) return seconds
  const milliseconds = firstNumber(attributes, FOREIGN.timeToFirstChunkMs)
  return milliseconds === undefined ? undefined : milliseconds / 1000
}

/** What 64 bits hold in 10⁻¹² USD, rounded down. No call costs as much. */
const MOST_USD = 9_000_000

/** Exact below about 2,000 USD: a double that is nearest to whole pico-USD leads back to them. */
function picoOf(usd: number | undefined): bigint | undefined {
  return usd === undefined || !(usd >= 0 && usd <= MOST_USD) ? undefined : BigInt(Math.round(usd * 1e12))
}

function firstText(attributes: Attributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name]
    const text = Array.isArray(value) ? (value as readonly AttributeValue[])[0] : value
    if (typeof text === 'string' && text !== '') return text
  }
  return undefined
}

function firstNumber(attributes: Attributes, names: readonly string[]): number | undefined {
  for (const name of names) {
    const value = attributes[name]
    if (typeof value === 'number' || typeof value === 'bigint') return Number(value)
  }
  return undefined
}
