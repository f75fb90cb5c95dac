import { charactersIn, imageUnits, type Units } from '@tokenmeter/meter'
import { operationOf } from './operation-of.ts'

/** Counts the tokens of a text as a model does. */
export type CountTokens = (text: string, model: string) => number

/** Not fewer, and not more; `null` when nobody knows how many at most. */
export interface TokenBounds {
  readonly lower: number
  readonly upper: number | null
}

/** What a request says about what it will cost. */
export interface RequestFacts {
  readonly model: string
  readonly serviceTier: string | undefined
  /** What is charged instead of tokens, exactly. */
  readonly units: Units | undefined
  readonly inputTokens: TokenBounds
  /** Most tokens of one choice, if the request says. */
  readonly outputLimit: number | undefined
  readonly choices: number
  readonly hasOutput: boolean
  /** Whether the answer may be audio. */
  readonly speaks: boolean
  /** Whether the provider's own tools may be called, for fees and for tokens that nobody sees before. */
  readonly hasTools: boolean
}

type Body = Readonly<Record<string, unknown>>

/**
 * What the chat format takes beside the texts: 3 tokens and a role for each message, 3 for the answer's beginning, more where tools are described
 * (https://github.com/openai/openai-cookbook, "How to count tokens with tiktoken"); some more, as this is an upper bound.
 */
const PER_ITEM = 8
const PER_REQUEST = 64
/** No token of OpenAI's vocabularies is longer: the longest is a run of spaces in `o200k_base`. */
const MOST_CHARACTERS_PER_TOKEN = 128

/** Fields in which a request carries what the model reads. */
const READ_FIELDS = [
  'messages',
  'input',
  'instructions',
  'prompt',
  'suffix',
  'tools',
  'functions',
  'response_format',
  'text',
  'prediction',
] as const
/** Fields that carry texts for the model and nothing else. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['messages', 'input', 'instructions', 'prompt', 'content', 'text'])
/** Fields whose parts may be something else than text. */
const CONTENT_FIELDS = ['messages', 'input', 'prompt', 'prediction'] as const
/** Tools that run at the client: everything else runs at the provider, for a fee or for tokens. */
const CLIENT_TOOLS: ReadonlySet<unknown> = new Set([undefined, 'function', 'custom'])
/** Parts and items that are text. */
const TEXT_TYPES: ReadonlySet<unknown> = new Set([
  undefined,
  'text',
  'input_text',
  'output_text',
  'refusal',
  'summary_text',
  'message',
  'function',
  'custom',
  'function_call',
  'function_call_output',
  'custom_tool_call',
  'custom_tool_call_output',
])

/** Reads a request that will be given to the client. Accepts anything. */
export function readRequest(params: unknown, countTokens: CountTokens | undefined): RequestFacts {
  const body = bodyOf(params)
  const model = typeof body['model'] === 'string' ? body['model'] : ''
  const operation = operationOf(undefined, model)
  return {
    model,
    serviceTier: typeof body['service_tier'] === 'string' ? body['service_tier'] : undefined,
    units: unitsOf(operation, model, body),
    inputTokens: inputBounds(body, model, countTokens),
    outputLimit: limitOf(body),
    choices: Math.max(1, whole(body['n']) ?? 1, whole(body['best_of']) ?? 1),
    hasOutput: operation !== 'embedding' && operation !== 'moderation',
    speaks: Array.isArray(body['modalities']) && body['modalities'].includes('audio'),
    hasTools: hasProviderTools(body),
  }
}

function unitsOf(operation: string, model: string, body: Body): Units | undefined {
  const { input, size, quality } = body
  if (operation === 'speech' && model.startsWith('tts-') && typeof input === 'string') {
    return { inputCharacters: charactersIn(input) }
  }
  if (operation !== 'image') return undefined
  const variant = { ...(typeof size === 'string' && { size }), ...(typeof quality === 'string' && { quality }) }
  return imageUnits(model, variant, whole(body['n']) ?? 1)
}

const limitOf = (body: Body): number | undefined =>
  whole(body['max_completion_tokens']) ?? whole(body['max_output_tokens']) ?? whole(body['max_tokens'])

function hasProviderTools({ tools, web_search_options: search }: Body): boolean {
  if (search !== undefined && search !== null) return true
  return Array.isArray(tools) && tools.some((tool) => !CLIENT_TOOLS.has(bodyOf(tool)['type']))
}

/** Without a counter a text has as many tokens as it has bytes at most: there is no token of less than one. */
function inputBounds(body: Body, model: string, countTokens: CountTokens | undefined): TokenBounds {
  const read = READ_FIELDS.flatMap((field) => (body[field] === undefined ? [] : [[field, body[field]] as const]))
  const texts = textsOf(Object.fromEntries(read))
  const lower = countTokens ? counted(countTokens, texts, model) : Math.ceil(texts.length / MOST_CHARACTERS_PER_TOKEN)
  if (remembers(body) || !CONTENT_FIELDS.every((field) => isText(body[field])))
    return { lower: lower ?? 0, upper: null }
  const json = jsonOf(Object.fromEntries(read))
  if (json === undefined) return { lower: lower ?? 0, upper: null }
  const most = countTokens ? counted(countTokens, json, model) : new TextEncoder().encode(json).length
  const items = [body['messages'], body['input'], body['tools']].flatMap((list) =>
    Array.isArray(list) ? list : [],
  ).length
  return { lower: lower ?? 0, upper: most === undefined ? null : most + PER_REQUEST + PER_ITEM * items }
}

/** The provider adds from its own memory what nobody sees here. */
const remembers = (body: Body): boolean =>
  [body['previous_response_id'], body['conversation'], bodyOf(body['prompt'])['id']].some(
    (id) => id !== undefined && id !== null,
  )

function isText(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isText)
  if (typeof value !== 'object' || value === null) return true
  const { type, content, output } = value as Body
  return TEXT_TYPES.has(type) && isText(content) && isText(output)
}

/** Texts that the model is sure to read; tokens that are already numbers count one character each, and no more. */
function textsOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return ' '
  if (Array.isArray(value)) return value.map(textsOf).join('')
  if (typeof value !== 'object' || value === null) return ''
  const fields = Object.entries(value).filter(([field]) => TEXT_FIELDS.has(field))
  return fields.map(([, part]) => textsOf(part)).join('')
}

function counted(countTokens: CountTokens, text: string, model: string): number | undefined {
  try {
    return whole(countTokens(text, model))
  } catch {
    return undefined
  }
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const whole = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined

const bodyOf = (value: unknown): Body => (typeof value === 'object' && value !== null ? (value as Body) : {})
