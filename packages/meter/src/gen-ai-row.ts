import type { Attributes } from '@opentelemetry/api'
import { BoundedValues, OVERFLOW_VALUE } from './bounded-values.ts'
import type { Call, CallResponse, Server } from './call.ts'
import { ATTRIBUTE } from './generated/gen-ai.ts'
import type { Modality } from './modality.ts'
import { hasOpenAIAttributes } from './openai-attributes.ts'
import { OPERATION_CONVENTIONS } from './operation.ts'

/** Totals the conventions count by modality. */
export type TokenTotal = 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning'

/** Adds to the counters of one total. */
export type AddTokens = (modality: Modality, tokens: number) => void

/** Attribute sets of the `gen_ai.*` metrics for calls that agree in all of them, built once. */
export interface GenAiRow {
  /** The set every client metric has. */
  readonly common: Attributes
  /** The same with what OpenAI adds: the tier that served. */
  readonly refined: Attributes
  /** Legacy profile only: `refined` with the token type. */
  readonly inputType: Attributes
  readonly outputType: Attributes
  /** What adds to its usage counters, filled as they come up. */
  readonly counters: Partial<Record<TokenTotal, AddTokens>>
  /** For durations: `refined` with the error of a failed call, by error. */
  readonly failures: Map<string, Attributes>
}

interface Answered {
  readonly server: Server | undefined
  readonly response: CallResponse | undefined
}

/** Finds the row of a call; models beyond the bound share the row of `other`. */
export class GenAiRows {
  readonly #rows = new Map<string, GenAiRow>()
  /** Rows that differ in the tier only share the set that leaves the tier out: there is one object for each series. */
  readonly #common = new Map<string, Attributes>()
  readonly #models: BoundedValues
  readonly #errorTypes: BoundedValues
  readonly #providers: BoundedValues
  readonly #servers: BoundedValues
  readonly #tiers: BoundedValues
  /** The facts of the call before: services tend to make the same call again, and comparing is cheaper than looking up. */
  #last: (Pick<Call, 'operation' | 'provider' | 'request'> & Answered & { readonly row: GenAiRow }) | undefined

  constructor(models: BoundedValues, errorTypes: BoundedValues) {
    this.#models = models
    this.#errorTypes = errorTypes
    this.#providers = new BoundedValues(models.limit)
    this.#servers = new BoundedValues(models.limit)
    this.#tiers = new BoundedValues(models.limit)
  }

  row(call: Call): GenAiRow {
    const { operation, provider, server, request, response } = call
    const last = this.#last
    if (
      last &&
      last.request.model === request.model &&
      last.response?.model === response?.model &&
      last.operation === operation &&
      last.provider === provider &&
      last.server === server &&
      last.response?.serviceTier === response?.serviceTier
    ) {
      return last.row
    }
    const row = this.#find(call)
    this.#last = { operation, provider, server, request, response, row }
    return row
  }

  #find({ operation, provider, server, request, response }: Call): GenAiRow {
    const { name } = OPERATION_CONVENTIONS[operation]
    const requestModel = request.model === undefined ? '' : this.#models.admit(request.model)
    const responseModel = response?.model === undefined ? '' : this.#models.admit(response.model)
    const served = hasOpenAIAttributes(provider) ? response?.serviceTier : undefined
    const tier = served === undefined ? '' : this.#tiers.admit(served)
    const admitted = this.#providers.admit(provider)
    // A server beyond the bound is left out: `other` is no address.
    const address = server && this.#servers.admit(`${server.address}:${server.port}`)
    const bounded = address === OVERFLOW_VALUE ? undefined : server
    // By what the attributes say: a chat completion and a response are both a `chat`, and must share their series.
    const commonKey = [name, admitted, requestModel, responseModel, bounded && address].join('\u0000')
    const key = `${commonKey}\u0000${tier}`
    let row = this.#rows.get(key)
    if (!row) {
      const common =
        this.#common.get(commonKey) ?? commonAttributes(name, admitted, bounded, requestModel, responseModel)
      this.#common.set(commonKey, common)
      row = createRow(common, tier)
      this.#rows.set(key, row)
    }
    return row
  }

  /** Attributes for a duration: those of the row, and the error where the call failed. */
  outcome(row: GenAiRow, errorType: string | undefined): Attributes {
    if (errorType === undefined) return row.refined
    const admitted = this.#errorTypes.admit(errorType)
    let attributes = row.failures.get(admitted)
    if (!attributes) {
      attributes = { ...row.refined, [ATTRIBUTE.errorType]: admitted }
      row.failures.set(admitted, attributes)
    }
    return attributes
  }
}

function commonAttributes(
  operationName: string,
  provider: string,
  server: Server | undefined,
  requestModel: string,
  responseModel: string,
): Attributes {
  const common: Attributes = {
    [ATTRIBUTE.genAiOperationName]: operationName,
    [ATTRIBUTE.genAiProviderName]: provider,
  }
  if (requestModel) common[ATTRIBUTE.genAiRequestModel] = requestModel
  if (responseModel) common[ATTRIBUTE.genAiResponseModel] = responseModel
  if (server) {
    common[ATTRIBUTE.serverAddress] = server.address
    common[ATTRIBUTE.serverPort] = server.port
  }
  return common
}

function createRow(common: Attributes, tier: string): GenAiRow {
  const refined = tier ? { ...common, [ATTRIBUTE.openaiResponseServiceTier]: tier } : common
  return {
    common,
    refined,
    inputType: { ...refined, [ATTRIBUTE.genAiTokenType]: 'input' },
    outputType: { ...refined, [ATTRIBUTE.genAiTokenType]: 'output' },
    counters: {},
    failures: new Map(),
  }
}
