import type { ModalityTokens, Usage } from '@tokenmeter/meter'

type Count = number | null | undefined

interface TokenDetails {
  readonly text_tokens?: Count
  readonly audio_tokens?: Count
  readonly image_tokens?: Count
}

interface InputDetails extends TokenDetails {
  readonly cached_tokens?: Count
  readonly cache_write_tokens?: Count
  readonly cached_tokens_details?: TokenDetails | null
}

interface OutputDetails extends TokenDetails {
  readonly reasoning_tokens?: Count
}

/** `usage` of chat completions, legacy completions and embeddings, as the API returns it. */
export interface CompletionsUsage {
  readonly prompt_tokens: number
  readonly completion_tokens?: Count
  readonly prompt_tokens_details?: InputDetails | null
  readonly completion_tokens_details?: OutputDetails | null
}

/** `usage` of Responses, as the API returns it. */
export interface ResponsesUsage {
  readonly input_tokens: number
  readonly output_tokens?: Count
  readonly input_tokens_details?: InputDetails | null
  readonly output_tokens_details?: OutputDetails | null
}

/** What can be priced: the usage of a `Call`, or the `usage` object of a response as the API returned it. */
export type TokenUsage = Usage | CompletionsUsage | ResponsesUsage

/** Where one shape of usage keeps its counts: names for messages, and for reading. */
interface Shape {
  readonly input: string
  readonly output: string
  readonly inputDetails: string
  readonly outputDetails: string
}

const COMPLETIONS: Shape = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  inputDetails: 'prompt_tokens_details',
  outputDetails: 'completion_tokens_details',
}
const RESPONSES: Shape = {
  input: 'input_tokens',
  output: 'output_tokens',
  inputDetails: 'input_tokens_details',
  outputDetails: 'output_tokens_details',
}

/**
 * Reads usage that a person handed over.
 *
 * @throws TypeError when it is none of the known shapes, when a count is not a whole number from 0 up,
 *   or when a subset is larger than its total; the message names the field and the value.
 */
export function readTokenUsage(usage: TokenUsage): Usage {
  const fields = asFields('usage', usage)
  if (fields && 'inputTokens' in fields) return readCallUsage(fields)
  if (fields && 'prompt_tokens' in fields) return readApiUsage(fields, COMPLETIONS)
  if (fields && 'input_tokens' in fields) return readApiUsage(fields, RESPONSES)
  throw new TypeError(
    `usage must count tokens, got ${show(usage)}: pass the \`usage\` object of a response, with prompt_tokens or input_tokens, or null if there was none`,
  )
}

type Fields = Readonly<Record<string, unknown>>
type Modalities = { -readonly [M in keyof ModalityTokens]: number }

function readCallUsage(usage: Fields): Usage {
  const inputTokens = count('usage.inputTokens', usage.inputTokens) ?? 0
  const outputTokens = count('usage.outputTokens', usage.outputTokens) ?? 0
  const cacheReadTokens = subset('usage.cacheReadTokens', usage.cacheReadTokens, inputTokens)
  return withoutAbsent({
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens: subset('usage.cacheWriteTokens', usage.cacheWriteTokens, inputTokens),
    reasoningTokens: subset('usage.reasoningTokens', usage.reasoningTokens, outputTokens),
    input: modalities('usage.input', usage.input, '', inputTokens),
    output: modalities('usage.output', usage.output, '', outputTokens),
    cacheRead: modalities('usage.cacheRead', usage.cacheRead, '', cacheReadTokens ?? 0),
  })
}

function readApiUsage(usage: Fields, shape: Shape): Usage {
  const inputPath = `usage.${shape.inputDetails}`
  const outputPath = `usage.${shape.outputDetails}`
  const input = asFields(inputPath, usage[shape.inputDetails]) ?? {}
  const output = asFields(outputPath, usage[shape.outputDetails]) ?? {}
  const inputTokens = count(`usage.${shape.input}`, usage[shape.input]) ?? 0
  const outputTokens = count(`usage.${shape.output}`, usage[shape.output]) ?? 0
  const cacheReadTokens = subset(`${inputPath}.cached_tokens`, input.cached_tokens, inputTokens)
  const cachedPath = `${inputPath}.cached_tokens_details`
  return withoutAbsent({
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens: subset(`${inputPath}.cache_write_tokens`, input.cache_write_tokens, inputTokens),
    reasoningTokens: subset(`${outputPath}.reasoning_tokens`, output.reasoning_tokens, outputTokens),
    input: modalities(inputPath, input, '_tokens', inputTokens),
    output: modalities(outputPath, output, '_tokens', outputTokens),
    cacheRead: modalities(cachedPath, input.cached_tokens_details, '_tokens', cacheReadTokens ?? 0),
  })
}

function modalities(path: string, value: unknown, suffix: string, total: number): Modalities | undefined {
  const fields = asFields(path, value)
  if (!fields) return undefined
  const counts = withoutAbsent({
    text: subset(`${path}.text${suffix}`, fields[`text${suffix}`], total),
    audio: subset(`${path}.audio${suffix}`, fields[`audio${suffix}`], total),
    image: subset(`${path}.image${suffix}`, fields[`image${suffix}`], total),
  })
  return Object.keys(counts).length > 0 ? counts : undefined
}

function subset(path: string, value: unknown, total: number): number | undefined {
  const part = count(path, value)
  if (part === undefined || part <= total) return part
  throw new TypeError(
    `${path} is ${part}, more than the ${total} tokens that it is a part of: totals include their parts`,
  )
}

function count(path: string, value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new TypeError(`${path} must be a whole number of tokens from 0 up, got ${show(value)}`)
}

function asFields(path: string, value: unknown): Fields | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object') return value as Fields
  throw new TypeError(`${path} must be an object, got ${show(value)}`)
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'object' && value !== null) return `an object with the keys [${Object.keys(value).join(', ')}]`
  return String(value)
}

type Present<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>
}

function withoutAbsent<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>
}
