import type { ReportedCost, Units } from './call.ts'
import type { Draft } from './draft.ts'
import type { Operation } from './operation.ts'
import {
  type NormalisedUsage,
  normaliseUsage,
  type ReportedModalities,
  type ReportedUsage,
  type Usage,
  type UsageProblem,
} from './usage.ts'

/** What the `usage` of an answer says. */
export interface ApiUsage {
  readonly usage?: Usage
  /** Where the usage counts something else than tokens. */
  readonly units?: Units
  /** What the provider says that the call cost. */
  readonly reportedCost?: ReportedCost
  /** What could not be true. */
  readonly problems: readonly UsageProblem[]
}

type JsonObject = { readonly [key: string]: unknown }

const NO_FIELDS: JsonObject = {}
const NOTHING: ApiUsage = Object.freeze({ problems: [] })

/**
 * Reads the `usage` of an answer exactly as the API returned it, whatever its endpoint calls things: `prompt_tokens` of chat, legacy completions and
 * embeddings, `input_tokens` of everything newer, seconds of transcriptions, and `{ input_characters }` for speech, which has none of its own. The usage of a `Call` is read, too.
 * Accepts anything; what is no usage says nothing.
 *
 * @param operation decides what output is that is not broken down: image models make images, speech models audio.
 */
export function readApiUsage(value: unknown, operation: Operation): ApiUsage {
  const usage = objectOf(value)
  if (!usage) return NOTHING
  const reportedCost = readReportedCost(usage)
  const units = readUnits(usage)
  const read = units ? undefined : normaliseUsage(reportedUsage(usage))
  if (read && !reportedCost) return withOutputOf(operation, read)
  const told: Draft<ApiUsage> = { problems: read?.problems ?? unusable(usage) }
  if (read) told.usage = withOutputOf(operation, read).usage
  if (units) told.units = units
  if (reportedCost) told.reportedCost = reportedCost
  return told
}

function reportedUsage(usage: JsonObject): ReportedUsage {
  if ('inputTokens' in usage) return usage as ReportedUsage
  return 'prompt_tokens' in usage || 'completion_tokens' in usage ? completionUsage(usage) : responseUsage(usage)
}

/** Models that are charged by the image; others are by tokens (https://developers.openai.com/api/docs/pricing). */
const BY_THE_IMAGE = /^dall-e-/
/** What the API takes when the request does not say: https://developers.openai.com/api/docs/api-reference/images/create */
const DALL_E_SIZE = '1024x1024'
const DALL_E_3_QUALITY = 'standard'

/** What images are charged by; `undefined` for models that are charged by tokens. */
export function imageUnits(
  model: string,
  { size = DALL_E_SIZE, quality }: Pick<Units, 'size' | 'quality'>,
  outputImages: number | undefined,
): Units | undefined {
  if (!BY_THE_IMAGE.test(model)) return undefined
  return {
    size,
    ...(outputImages !== undefined && { outputImages }),
    ...(model === 'dall-e-3' && { quality: quality ?? DALL_E_3_QUALITY }),
  }
}

/** Characters as they are charged: code points, so that an emoji is one. */
export function charactersIn(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}

function completionUsage(usage: JsonObject): ReportedUsage {
  const input = objectOf(usage['prompt_tokens_details'])
  const output = objectOf(usage['completion_tokens_details'])
  return withSubsets(usage['prompt_tokens'], usage['completion_tokens'], input, output)
}

/** The Realtime API and transcriptions call their details `input_token_details`. */
function responseUsage(usage: JsonObject): ReportedUsage {
  const input = objectOf(usage['input_tokens_details'] ?? usage['input_token_details'])
  const output = objectOf(usage['output_tokens_details'] ?? usage['output_token_details'])
  return withSubsets(usage['input_tokens'], usage['output_tokens'], input, output)
}

/** Filled anew for each answer, and read before the next: of eleven fields, it would be the largest object that usage leaves behind. */
const reported: Draft<ReportedUsage> = {}

function withSubsets(
  inputTokens: unknown,
  outputTokens: unknown,
  input: JsonObject | undefined,
  output: JsonObject | undefined,
): ReportedUsage {
  const cached = objectOf(input?.['cached_tokens_details'])
  reported.inputTokens = inputTokens
  reported.outputTokens = outputTokens
  reported.cacheReadTokens = input?.['cached_tokens']
  reported.cacheWriteTokens = input?.['cache_write_tokens']
  reported.cacheWrite12hTokens = objectOf(input?.['cache_write_tokens_details'])?.['ttl_12h_tokens']
  reported.reasoningTokens = output?.['reasoning_tokens']
  reported.acceptedPredictionTokens = output?.['accepted_prediction_tokens']
  reported.rejectedPredictionTokens = output?.['rejected_prediction_tokens']
  reported.input = input && modalities(input)
  reported.output = output && modalities(output)
  reported.cacheRead = cached && modalities(cached)
  return reported
}

function modalities(details: JsonObject): ReportedModalities | undefined {
  const { text_tokens: text, audio_tokens: audio, image_tokens: image } = details
  return text === undefined && audio === undefined && image === undefined ? undefined : { text, audio, image }
}

/** All output of a speech model is audio, and all of an image model's is image unless it says more exactly. */
function withOutputOf(operation: Operation, read: NormalisedUsage): NormalisedUsage {
  const { usage } = read
  if (operation === 'speech') return { ...read, usage: { ...usage, output: { audio: usage.outputTokens } } }
  if (operation === 'image' && !usage.output)
    return { ...read, usage: { ...usage, output: { image: usage.outputTokens } } }
  return read
}

function readUnits(usage: JsonObject): Units | undefined {
  const { type, seconds, input_characters: characters } = usage
  if (type === 'duration') return isAmount(seconds) ? { inputSeconds: seconds } : undefined
  return Number.isSafeInteger(characters) && isAmount(characters) ? { inputCharacters: characters } : undefined
}

const COUNTS = ['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'seconds', 'input_characters']

/** Counts that were told, but are none. */
function unusable(usage: JsonObject): readonly UsageProblem[] {
  const told = COUNTS.filter((field) => usage[field] !== undefined && usage[field] !== null)
  return told.filter((field) => !isAmount(usage[field])).map((field) => ({ field, problem: 'unusable' }))
}

/**
 * - OpenRouter: `cost`, in credits, which are USD, and with a key of one's own `cost_details.upstream_inference_cost`, which is
 *   charged by who answers behind it (https://openrouter.ai/docs/use-cases/usage-accounting).
 * - Perplexity: `cost.total_cost` (https://docs.perplexity.ai/api-reference/chat-completions-post).
 * - xAI: `cost_in_usd_ticks` (https://docs.x.ai/developers/cost-tracking).
 *
 * All of 2026-11-24.
 */
function readReportedCost(usage: JsonObject): ReportedCost | undefined {
  const { cost, cost_in_usd_ticks: ticks } = usage
  if (isAmount(ticks) && Number.isSafeInteger(ticks)) return { field: 'cost_in_usd_ticks', amount: ticks }
  if (isAmount(cost)) return readCredits(usage, cost)
  const { total_cost: total, currency = 'USD' } = objectOf(cost) ?? NO_FIELDS
  return isAmount(total) && currency === 'USD' ? { field: 'cost.total_cost', amount: total } : undefined
}

function readCredits(usage: JsonObject, amount: number): ReportedCost | undefined {
  if (usage['is_byok'] !== true) return { field: 'cost', amount }
  const upstream = objectOf(usage['cost_details'])?.['upstream_inference_cost']
  return isAmount(upstream) ? { field: 'cost', amount, upstream } : undefined
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined
}
