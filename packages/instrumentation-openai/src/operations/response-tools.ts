import { type ContainerMemory, type ImageToolUse, readApiUsage, type Units } from '@tokenmeter/meter'
import { asArray, asInteger, asObject, asText, type JsonObject } from '../wire/json.ts'
import type { Draft, UsedContainer } from './row.ts'

/** What a response used of the provider's tools, which is charged beside its tokens: https://developers.openai.com/api/docs/pricing */
export interface ToolUse {
  readonly units?: Units
  readonly containers?: readonly UsedContainer[]
}

/** @param body a response, whose `tools` are those of the request. */
export function readToolUse(body: JsonObject): ToolUse {
  const output = itemsOf(body['output'])
  const tools = itemsOf(body['tools'])
  const told = asObject(body['tool_usage'])
  const units: Draft<Units> = {}
  const searches = asInteger(asObject(told?.['web_search'])?.['num_requests']) ?? output.filter(isWebSearch).length
  if (searches > 0) units[usesPreview(tools) ? 'webSearchPreviews' : 'webSearches'] = searches
  const fileSearches = output.filter(({ type }) => type === 'file_search_call').length
  if (fileSearches > 0) units.fileSearches = fileSearches
  const imageTool = imagesOf(output, tools, asObject(told?.['image_gen']))
  if (imageTool) units.imageTool = imageTool
  const containers = containersOf(output, tools)
  return { ...(Object.keys(units).length > 0 && { units }), ...(containers.length > 0 && { containers }) }
}

const itemsOf = (list: unknown): readonly JsonObject[] => (asArray(list) ?? []).map((item) => asObject(item) ?? {})

/** Opening a page that was found, and looking for words in it, are no searches. */
function isWebSearch({ type, action }: JsonObject): boolean {
  return type === 'web_search_call' && (asObject(action)?.['type'] ?? 'search') === 'search'
}

/** `web_search_preview`, `web_search_preview_2025_03_11`: calls of both kinds look the same. */
function usesPreview(tools: readonly JsonObject[]): boolean {
  const types = tools.map(({ type }) => asText(type) ?? '')
  return types.some((type) => type.startsWith('web_search_preview')) && !types.includes('web_search')
}

function imagesOf(
  output: readonly JsonObject[],
  tools: readonly JsonObject[],
  told: JsonObject | undefined,
): ImageToolUse | undefined {
  const usage = told && readImageUsage(told)
  const isUsed = usage !== undefined && usage.inputTokens + usage.outputTokens > 0
  if (!isUsed && !output.some(({ type, result }) => type === 'image_generation_call' && result !== null))
    return undefined
  const model = asText(tools.find(({ type }) => type === 'image_generation')?.['model'])
  return { ...(model !== undefined && { model }), ...(isUsed && { usage }) }
}

/** The tool tells its usage in the words of the images endpoints, but for what was cached. */
function readImageUsage(told: JsonObject): ImageToolUse['usage'] {
  const cached = asObject(told['cached_tokens_details'])
  const details = {
    ...asObject(told['input_tokens_details']),
    cached_tokens: told['cached_tokens'],
    cached_tokens_details: cached && {
      text_tokens: cached['cached_text_tokens'],
      image_tokens: cached['cached_image_tokens'],
    },
  }
  return readApiUsage({ ...told, input_tokens_details: details }, 'image').usage
}

const CONTAINER_CALLS: ReadonlySet<unknown> = new Set(['code_interpreter_call', 'shell_call'])
const MEMORIES: ReadonlySet<string> = new Set(['1g', '4g', '16g', '64g'] satisfies ContainerMemory[])
/** What a container has that nobody said anything about: https://developers.openai.com/api/docs/guides/tools-code-interpreter, 2026-11-27. */
const DEFAULT_MEMORY = '1g'

function containersOf(output: readonly JsonObject[], tools: readonly JsonObject[]): readonly UsedContainer[] {
  const ids = output
    .filter(({ type }) => CONTAINER_CALLS.has(type))
    .map((call) => asText(call['container_id']) ?? asText(asObject(call['environment'])?.['container_id']))
    .filter((id) => id !== undefined)
  return [...new Set(ids)].map((id) => ({ id, memory: memoryOf(id, tools) }))
}

/** A container that the application made by itself has the memory that it was given then, which nobody tells here. */
function memoryOf(id: string, tools: readonly JsonObject[]): ContainerMemory {
  const settings = tools
    .map(({ container, environment }) => container ?? environment)
    .filter((value) => value !== undefined)
  if (settings.some((value) => value === id || asObject(value)?.['container_id'] === id)) return 'unknown'
  const limits = new Set(settings.map((value) => asText(asObject(value)?.['memory_limit']) ?? DEFAULT_MEMORY))
  const [limit = DEFAULT_MEMORY] = limits
  return limits.size <= 1 && MEMORIES.has(limit) ? (limit as ContainerMemory) : 'unknown'
}
