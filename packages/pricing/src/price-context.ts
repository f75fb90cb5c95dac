import {
  type CallEnd,
  type CallRequest,
  type CallStart,
  type ContainerMemory,
  imageUnits,
  type Operation,
  type Provider,
  readApiUsage,
  type Units,
  type UsageProblem,
} from '@tokenmeter/meter'
import type { AzureSettings } from './azure-settings.ts'
import { operationOf } from './operation-of.ts'
import { BATCH_TIER } from './tier.ts'

/** What usage is priced by. */
export interface PriceContext {
  /** The model that was asked for. On Azure this is a deployment, and never looked up. */
  readonly model: string
  /** The model that served, as the answer names it: the one that is priced. */
  readonly responseModel?: string | undefined
  /** A value of `gen_ai.provider.name`, or the provider's common name, `azure`; `openai` by default. */
  readonly provider?: Provider | undefined
  /** What endpoint was called; by default it is told from the usage and the model's name. */
  readonly operation?: Operation | undefined
  /** `service_tier` of the answer, by which is charged; `batch` for what a batch has answered. */
  readonly serviceTier?: string | undefined
  /** `service_tier` of the request: when it asks for another tier and the answer is silent, the cost is unknown. */
  readonly requestedServiceTier?: string | undefined
  /** When the call was made: a `Date`, milliseconds since the epoch, or a text such as `2026-11-24` or `2026-11-24T12:00:00Z`; now by default. */
  readonly at?: Date | number | string | undefined
  /** What the request asked for, where that is charged: images, their size and quality, seconds of audio or video. */
  readonly request?: {
    readonly n?: number | undefined
    readonly size?: string | undefined
    readonly quality?: string | undefined
    readonly seconds?: number | undefined
  }
  /**
   * Calls of the provider's own tools, as they are in the answer: `{ web_search: 3 }`, `web_search_preview`, `file_search`. `code_interpreter` counts
   * sessions of its containers, of 1 GB; those of more are `code_interpreter_4g`, `_16g` and `_64g`.
   */
  readonly toolCalls?: Readonly<Record<string, number>> | undefined
  /** What Azure does not say about this call; the tracker's own settings hold for the rest. */
  readonly azure?: (AzureSettings & { readonly deployment?: string | undefined }) | undefined
  /** Host that was asked, where that decides the price: `eu.api.openai.com`. */
  readonly host?: string | undefined
}

/** A call as the price book knows it, made of what a person knows. */
export interface DescribedCall {
  readonly call: CallStart & CallEnd
  /** What could not be true in the usage. */
  readonly problems: readonly UsageProblem[]
}

const BATCHES: ReadonlySet<Operation> = new Set(['batch', 'batch_retrieval'])

/** Makes a call of usage and what a person knows about it. */
export function describeCall(usage: unknown, context: PriceContext): DescribedCall {
  const {
    model,
    responseModel,
    provider = 'openai',
    at = Date.now(),
    serviceTier,
    requestedServiceTier,
    host,
  } = context
  const operation = context.operation ?? operationOf(usage, model)
  const read = readApiUsage(usage, operation)
  const tier = serviceTier ?? (BATCHES.has(operation) ? BATCH_TIER : undefined)
  const units = unitsOf(operation, context, read.usage === undefined, read.units)
  const request: CallRequest = {
    model,
    ...(context.azure?.deployment !== undefined && { deployment: context.azure.deployment }),
    stream: false,
    parameters: { ...(requestedServiceTier !== undefined && { serviceTier: requestedServiceTier }) },
    inputIsText: false,
    outputIsText: false,
  }
  const call = {
    operation,
    provider,
    ...(host !== undefined && { server: { address: addressOf(host), port: 443 } }),
    request,
    response: {
      ...(responseModel !== undefined && { model: responseModel }),
      ...(tier !== undefined && { serviceTier: tier }),
    },
    startTime: new Date(at).getTime(),
    ...(read.usage && { usage: read.usage }),
    ...(units && { units }),
    ...(read.reportedCost && { reportedCost: read.reportedCost }),
    attempts: [],
    timing: { duration: 0, chunks: 0 },
    outcome: { kind: 'success' as const },
  }
  return { call, problems: read.problems }
}

/** `eu.api.openai.com` out of `https://eu.api.openai.com:443/v1`. */
function addressOf(host: string): string {
  const url = host.includes('://') ? host : `https://${host}`
  return URL.canParse(url) ? new URL(url).hostname : host
}

/** Tools of the provider by the names that answers have for their calls, and those of requests. */
const TOOL_UNITS: ReadonlyMap<string, 'webSearches' | 'webSearchPreviews' | 'fileSearches'> = new Map([
  ['web_search', 'webSearches'],
  ['web_search_preview', 'webSearchPreviews'],
  ['file_search', 'fileSearches'],
])

/** Tools that run in containers, by the memory of these: a session of 20 minutes is charged once, however often the tool is called in it. */
const CONTAINER_TOOLS: ReadonlyMap<string, ContainerMemory> = new Map([
  ['code_interpreter', '1g'],
  ['code_interpreter_1g', '1g'],
  ['code_interpreter_4g', '4g'],
  ['code_interpreter_16g', '16g'],
  ['code_interpreter_64g', '64g'],
])

/** Names of tools whose price nobody knows here. */
export function unknownTools({ toolCalls = {} }: PriceContext): readonly string[] {
  return Object.keys(toolCalls).filter(
    (tool) => toolCalls[tool] !== 0 && !TOOL_UNITS.has(tool) && !CONTAINER_TOOLS.has(tool),
  )
}

function unitsOf(
  operation: Operation,
  { model, request = {}, toolCalls = {} }: PriceContext,
  isWithoutTokens: boolean,
  told: Units | undefined,
): Units | undefined {
  const asked = isWithoutTokens && !told ? requestedUnits(operation, model, request) : undefined
  const units: { -readonly [K in keyof Units]: Units[K] } = { ...asked, ...told }
  const containers: Partial<Record<ContainerMemory, number>> = {}
  for (const [tool, count] of Object.entries(toolCalls)) {
    if (count === 0) continue
    const unit = TOOL_UNITS.get(tool)
    const memory = CONTAINER_TOOLS.get(tool)
    if (unit) units[unit] = count
    if (memory) containers[memory] = (containers[memory] ?? 0) + count
  }
  if (Object.keys(containers).length > 0) units.containers = containers
  return Object.keys(units).length > 0 ? units : undefined
}

/** What the request alone says will be charged if it is answered. */
function requestedUnits(
  operation: Operation,
  model: string,
  { n = 1, size, quality, seconds }: NonNullable<PriceContext['request']>,
): Units | undefined {
  const variant = { ...(size !== undefined && { size }), ...(quality !== undefined && { quality }) }
  if (operation === 'image') return imageUnits(model, variant, n)
  if (seconds === undefined) return undefined
  return operation === 'transcription' || operation === 'translation'
    ? { inputSeconds: seconds }
    : { outputSeconds: seconds, ...(size !== undefined && { size }) }
}
