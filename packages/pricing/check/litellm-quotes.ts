import { multiplyDecimals } from '../src/usd.ts'
import type { Part } from '../src/index.ts'
import type { Quote } from './quote.ts'

/** Figures of LiteLLM's table by its names: USD for one unit as plain decimals. */
export type LitellmTable = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const PARTS: Readonly<Record<string, Part>> = {
  input_cost_per_token: 'input',
  cache_read_input_token_cost: 'cache_read',
  cache_creation_input_token_cost: 'cache_write',
  cache_creation_input_token_cost_above_12hr: 'cache_write_12h',
  output_cost_per_token: 'output',
  input_cost_per_audio_token: 'input_audio',
  cache_read_input_audio_token_cost: 'cache_read_audio',
  output_cost_per_audio_token: 'output_audio',
  input_cost_per_image_token: 'input_image',
  cache_read_input_image_token_cost: 'cache_read_image',
  output_cost_per_image_token: 'output_image',
  input_cost_per_character: 'input_characters',
  output_cost_per_video_per_second: 'output_seconds',
}
const TIERS: Readonly<Record<string, string>> = {
  flex: 'flex',
  priority: 'priority',
  batches: 'batch',
  ultrafast: 'ultrafast',
  decisions: 'decisions',
}
const LONG = '_above_272k_tokens'
const LONG_TOKENS = 272_000
const ZONES: ReadonlySet<string> = new Set(['eu', 'us', 'us-gov', 'apac'])
/** Models that search on every call, and say so by their names. */
const ALWAYS_SEARCHES = /-search-(?:preview|api)/

/** The figures of LiteLLM's table for OpenAI and for Azure. */
export function litellmQuotes(table: LitellmTable): Quote[] {
  return Object.entries(table).flatMap(([name, fields]) => {
    const offer = offerOf(name)
    return offer ? quotesOf(offer, fields) : []
  })
}

type Offer = Pick<Quote, 'provider' | 'model' | 'zone'>

/** `gpt-4o`, `azure/gpt-4o`, `azure/eu/gpt-4o`. Names with sizes and qualities in front, `high/1024-x-1024/gpt-image-1`, are estimates by image. */
function offerOf(name: string): Offer | undefined {
  const [first = '', second = '', third] = name.split('/')
  if (second === '') return { provider: 'openai', model: first, zone: 'global' }
  if (first !== 'azure') return undefined
  if (third === undefined) return { provider: 'azure.ai.openai', model: second, zone: 'global' }
  return ZONES.has(second) ? { provider: 'azure.ai.openai', model: third, zone: second } : undefined
}

function quotesOf(offer: Offer, fields: Readonly<Record<string, unknown>>): Quote[] {
  const quotes = Object.entries(fields).flatMap(([field, value]) => {
    if (typeof value !== 'string') return []
    const read = readField(field)
    if (!read || !isCharged(read.part, fields)) return []
    return [{ ...offer, ...read, usdPerMillion: inMillions(value) }]
  })
  return [...quotes, ...feesOf(offer, fields), ...factorsOf(offer, quotes, fields)]
}

function readField(field: string): Pick<Quote, 'part' | 'tier' | 'aboveInputTokens'> | undefined {
  const [, base = field, suffix] = /^(.+)_(flex|priority|batches|ultrafast|decisions)$/.exec(field) ?? []
  const part = PARTS[base.replace(LONG, '')]
  if (!part) return undefined
  const tier = suffix === undefined ? 'standard' : (TIERS[suffix] ?? '')
  return { part, tier, aboveInputTokens: base.includes(LONG) ? LONG_TOKENS : 0 }
}

/** Embeddings and speech have figures for what they never return. */
function isCharged(part: Part, { mode }: Readonly<Record<string, unknown>>): boolean {
  if (part === 'output') return mode !== 'embedding' && mode !== 'moderation' && mode !== 'audio_speech'
  return true
}

function feesOf(offer: Offer, fields: Readonly<Record<string, unknown>>): Quote[] {
  const fee = (part: Part, value: unknown): Quote[] =>
    value === undefined || value === null
      ? []
      : [{ ...offer, tier: 'standard', aboveInputTokens: 0, part, usdPerMillion: inMillions(String(value)) }]
  const searches = fields['search_context_cost_per_query'] as Readonly<Record<string, unknown>> | undefined
  const seconds = fields['mode'] === 'audio_transcription' && fields['input_cost_per_token'] === undefined
  return [
    ...fee(ALWAYS_SEARCHES.test(offer.model) ? 'request' : 'web_search', searches?.['search_context_size_medium']),
    ...(seconds ? fee('input_seconds', fields['input_cost_per_second']) : []),
  ]
}

/** `regional_processing_uplift_multiplier_eu`: every figure by so much. */
function factorsOf(offer: Offer, quotes: readonly Quote[], fields: Readonly<Record<string, unknown>>): Quote[] {
  return ['eu', 'us'].flatMap((zone) => {
    const factor = fields[`regional_processing_uplift_multiplier_${zone}`]
    if (typeof factor !== 'string') return []
    return quotes
      .filter(({ part, tier, aboveInputTokens }) => part === 'input' && tier === 'standard' && aboveInputTokens === 0)
      .map((quote) => ({ ...quote, ...offer, zone, usdPerMillion: multiplyDecimals(quote.usdPerMillion, factor) }))
  })
}

const inMillions = (usd: string): string => multiplyDecimals(usd, '1000000')
