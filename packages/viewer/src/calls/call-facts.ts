import { AI_ATTRIBUTE, AI_EVENT, ATTRIBUTE } from '@tokenmeter/meter'
import type { Attributes, AttributeValue, Span } from '../otlp/telemetry.ts'
import { FOREIGN, FOREIGN_OPERATIONS } from './foreign-names.ts'

/** What role a span has in a trace of AI. */
export type SpanRole = 'call' | 'tool' | 'agent' | 'other'

/** How a call ended, as `ai_requests_total` counts it. */
type CallStatus = 'success' | 'error' | 'rate_limit' | 'cancelled'

/** What the list and the charts know of a call. A field is absent when nobody said. */
export interface CallFacts {
  readonly operation: string
  readonly provider?: string
  readonly model?: string
  readonly responseModel?: string
  readonly status: CallStatus
  readonly errorType?: string
  readonly inputTokens?: number
  readonly cachedTokens?: number
  readonly cacheWriteTokens?: number
  readonly outputTokens?: number
  readonly reasoningTokens?: number
  /** 10⁻¹² USD. */
  readonly picoUsd?: bigint
  readonly unpriced?: string
  /** The tokens, and with them the cost, are estimates. */
  readonly estimated?: true
  /** Seconds. */
  readonly timeToFirstChunk?: number
  readonly chunks?: number
  readonly attempts: number
  /** Attempts that were answered with 429. */
  readonly rateLimitHits: number
  readonly finishReason?: string
  readonly feature?: string
  readonly tenant?: string
  readonly user?: string
  readonly session?: string
  readonly prompt?: string
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

/** The facts of a span that is a call; of others they would be nonsense. */
export function readCall(span: Span): CallFacts {
  const { attributes } = span
  const text = (own: string, foreign: readonly string[] = []): string | undefined =>
    firstText(attributes, [own, ...foreign])
  const count = (own: string, foreign: readonly string[] = []): number | undefined =>
    firstNumber(attributes, [own, ...foreign])
  const ownInput = count(ATTRIBUTE.genAiUsageInputTokens, FOREIGN.inputTokens)
  const ownOutput = count(ATTRIBUTE.genAiUsageOutputTokens, FOREIGN.outputTokens)
  const isEstimated = text(AI_ATTRIBUTE.usageSource) === 'estimated'
  return withoutAbsent({
    operation: text(AI_ATTRIBUTE.operation) ?? operationOf(attributes) ?? 'chat',
    provider: text(ATTRIBUTE.genAiProviderName, FOREIGN.provider),
    model: text(ATTRIBUTE.genAiRequestModel, FOREIGN.model) ?? text(AI_ATTRIBUTE.deployment),
    responseModel: text(ATTRIBUTE.genAiResponseModel, FOREIGN.responseModel),
    status: statusOf(span),
    errorType: text(ATTRIBUTE.errorType) ?? (span.statusCode === ERROR ? exceptionOf(span) : undefined),
    inputTokens: isEstimated ? count(AI_ATTRIBUTE.estimatedInputTokens) : ownInput,
    cachedTokens: count(ATTRIBUTE.genAiUsageCacheReadInputTokens, FOREIGN.cachedTokens),
    cacheWriteTokens:
      count(ATTRIBUTE.genAiUsageCacheWriteInputTokens) ??
      count(ATTRIBUTE.genAiUsageCacheCreationInputTokens, FOREIGN.cacheWriteTokens),
    outputTokens: isEstimated ? count(AI_ATTRIBUTE.estimatedOutputTokens) : ownOutput,
    reasoningTokens: count(ATTRIBUTE.genAiUsageReasoningOutputTokens, FOREIGN.reasoningTokens),
    picoUsd: picoOf(count(AI_ATTRIBUTE.cost, FOREIGN.cost)),
    unpriced: text(AI_ATTRIBUTE.unpriced),
    estimated: isEstimated ? (true as const) : undefined,
    timeToFirstChunk: firstChunkOf(attributes),
    chunks: count(AI_ATTRIBUTE.chunks),
    attempts: count(AI_ATTRIBUTE.attempts) ?? 1,
    rateLimitHits: rateLimitHitsOf(span),
    finishReason: text(ATTRIBUTE.genAiResponseFinishReasons, FOREIGN.finishReasons),
    feature: text(AI_ATTRIBUTE.feature, FOREIGN.feature),
    tenant: text(AI_ATTRIBUTE.tenant),
    user: text(AI_ATTRIBUTE.user, FOREIGN.user),
    session: text(AI_ATTRIBUTE.session) ?? text(ATTRIBUTE.genAiConversationId, FOREIGN.session),
    prompt: text(ATTRIBUTE.genAiPromptName),
  })
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
  const seconds = firstNumber(attributes, [ATTRIBUTE.genAiResponseTimeToFirstChunk])
  if (seconds !== undefined) return seconds
  const milliseconds = firstNumber(attributes, FOREIGN.timeToFirstChunkMs)
  return milliseconds === undefined ? undefined : milliseconds / 1000
}

/** Exact below about 2,000 USD: a double that is nearest to whole pico-USD leads back to them. */
function picoOf(usd: number | undefined): bigint | undefined {
  return usd === undefined || !Number.isFinite(usd) || usd < 0 ? undefined : BigInt(Math.round(usd * 1e12))
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

type MaybeAbsent<Fields> = { readonly [Name in keyof Fields]: Fields[Name] | undefined }

function withoutAbsent(facts: MaybeAbsent<Required<CallFacts>>): CallFacts {
  const present: Record<string, unknown> = {}
  for (const name in facts) {
    const value = facts[name as keyof CallFacts]
    if (value !== undefined) present[name] = value
  }
  return present as unknown as CallFacts
}
