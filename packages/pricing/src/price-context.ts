import {
  type CallEnd,
  type CallRequest,
  type CallStart,
  imageUnits,
  type Operation,
  type Provider,
  readApiUsage,
  type Units,
  type UsageProblem,
} from '@tokenmeter/meter'
import type { AzureSettings } from './azure-settings.ts'
import { operationOf } from './operation-of.ts'

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
  /** When the call was made: a `Date`, or milliseconds since the epoch; now by default. */
  readonly at?: Date | number | undefined
  /** What the request asked for, where that is charged: images, their size and quality, seconds of audio or video. */
  readonly request?: {
    readonly n?: number | undefined
    readonly size?: string | undefined
    readonly quality?: string | undefined
    readonly seconds?: number | undefined
  }
  /** Calls of the provider's own tools, as they are in the answer: `{ web_search: 3 }`. */
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
  const tier = serviceTier ?? (BATCHES.has(operation) ? 'batch' : undefined)
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
    startTime: Number(at),
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

/** Tools of the provider by the names that answers have for their calls. */
const TOOL_UNITS: Readonly<Record<string, 'webSearches' | 'fileSearches'>> = {
  web_search: 'webSearches',
  file_search: 'fileSearches',
}

/** Names of tools whose price nobody knows here. */
export function unknownTools({ toolCalls = {} }: PriceContext): readonly string[] {
  return Object.keys(toolCalls).filter((tool) => toolCalls[tool] !== 0 && !Object.hasOwn(TOOL_UNITS, tool))
}

function unitsOf(
  operation: Operation,
  { model, request = {}, toolCalls = {} }: PriceContext,
  isWithoutTokens: boolean,
  told: Units | undefined,
): Units | undefined {
  const asked = isWithoutTokens && !told ? requestedUnits(operation, model, request) : undefined
  const units: { -readonly [K in keyof Units]: Units[K] } = { ...asked, ...told }
  for (const [tool, unit] of Object.entries(TOOL_UNITS)) {
    const count = toolCalls[tool]
    if (count !== undefined && count !== 0) units[unit] = count
  }
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
