import {
  type Attributes,
  type AttributeValue,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api'
import { AI_ATTRIBUTE, AI_EVENT } from '../attributes.ts'
import { setAttribution } from '../attribution.ts'
import type {
  Attempt,
  Call,
  CallResponse,
  CallStart,
  ConvertedCost,
  Cost,
  Estimate,
  RequestParameters,
  Units,
} from '../call.ts'
import { type CaptureMode, reachesSpan } from '../content/capture-mode.ts'
import { ATTRIBUTE } from '../generated/gen-ai.ts'
import { hasOpenAIAttributes } from '../openai-attributes.ts'
import { OPERATION_CONVENTIONS } from '../operation.ts'
import type { SemconvProfile } from '../profile.ts'
import { claimedAttributes, replaceAttributes } from '../span-attributes.ts'
import { statusOf } from '../status.ts'
import { AttributeSheet } from './attribute-sheet.ts'
import { AttributeObject, type AttributeTarget } from '../attribute-target.ts'
import { setSpanContent } from './content-attributes.ts'
import { setUsageAttributes } from './usage-attributes.ts'

/** Those whose latest span was claimed: no sampler of theirs looks at attributes. A tracer rarely changes. */
const claimedTracers = new WeakSet<Tracer>()

/** Starts the span of a call with everything a sampler may want to know. */
export function startSpan(tracer: Tracer, start: CallStart, parent: Context): Span {
  const { startTime } = start
  if (!claimedTracers.has(tracer)) {
    const attributes = requestAttributes(start)
    const span = tracer.startSpan(spanName(start), { kind: SpanKind.CLIENT, startTime, attributes }, parent)
    if (claimedAttributes(span)) claimedTracers.add(tracer)
    return span
  }
  const span = tracer.startSpan(spanName(start), { kind: SpanKind.CLIENT, startTime }, parent)
  // Nobody looks at those of a claimed span before it has ended: then they are written together.
  if (!claimedAttributes(span) && span.isRecording()) {
    claimedTracers.delete(tracer)
    setRequestAttributes(span, start)
  }
  return span
}

function spanName({ operation, request: { model, parameters } }: CallStart): string {
  const { name } = OPERATION_CONVENTIONS[operation]
  const about = model ?? parameters.dataSourceId ?? parameters.route
  return about === undefined ? name : `${name} ${about}`
}

/** Writes what became of the call, and ends the span at the moment the call ended. */
export function endSpan(span: Span, call: Call, profile: SemconvProfile, capture: CaptureMode): void {
  const endTime = call.startTime + call.timing.duration * 1000
  if (span.isRecording()) {
    const attributes = claimedAttributes(span)
    if (attributes) replaceAttributes(span, allAttributes(attributes, call, profile))
    else setResultAttributes(span, call, profile)
    if (call.content && reachesSpan(capture)) setSpanContent(span, call.content, call.operation)
    addAttemptEvents(span, call)
    if (call.outcome.errorType !== undefined) {
      // The exception's own text may quote the prompt; clean, it is on the event, where content goes to events.
      span.setStatus({ code: SpanStatusCode.ERROR, message: call.outcome.errorType })
    }
  }
  span.end(endTime)
}

const sheet = new AttributeSheet()

/** @param known what others have told the span. */
function allAttributes(known: Attributes, call: Call, profile: SemconvProfile): Attributes {
  sheet.start()
  setRequestAttributes(sheet, call)
  for (const name in known) sheet.setAttribute(name, known[name] as AttributeValue)
  setResultAttributes(sheet, call, profile)
  return sheet.finish()
}

/** Attributes that are known before the request is sent, for what takes them together. */
export function requestAttributes(start: CallStart): Attributes {
  const target = new AttributeObject({})
  setRequestAttributes(target, start)
  return target.attributes
}

/** Writes what is known before the request is sent. */
function setRequestAttributes(
  target: AttributeTarget,
  { operation, provider, server, request, attribution }: CallStart,
): void {
  const convention = OPERATION_CONVENTIONS[operation]
  target.setAttribute(ATTRIBUTE.genAiOperationName, convention.name)
  target.setAttribute(ATTRIBUTE.genAiProviderName, provider)
  target.setAttribute(AI_ATTRIBUTE.operation, operation)
  if (request.model !== undefined) target.setAttribute(ATTRIBUTE.genAiRequestModel, request.model)
  if (request.deployment !== undefined) target.setAttribute(AI_ATTRIBUTE.deployment, request.deployment)
  if (request.apiVersion !== undefined) target.setAttribute(AI_ATTRIBUTE.apiVersion, request.apiVersion)
  if (hasOpenAIAttributes(provider)) {
    const { serviceTier } = request.parameters
    if (convention.apiType !== undefined) target.setAttribute(ATTRIBUTE.openaiApiType, convention.apiType)
    if (serviceTier !== undefined) target.setAttribute(ATTRIBUTE.openaiRequestServiceTier, serviceTier)
  }
  if (server) {
    target.setAttribute(ATTRIBUTE.serverAddress, server.address)
    target.setAttribute(ATTRIBUTE.serverPort, server.port)
  }
  if (request.stream && convention.metrics !== 'other') target.setAttribute(ATTRIBUTE.genAiRequestStream, true)
  if (attribution) {
    // The prompt that the request names is the one that is used, version and all.
    const { prompt: _, ...others } = attribution
    setAttribution(target, request.parameters.promptName === undefined ? attribution : others)
  }
  setParameterAttributes(target, request.parameters)
}

/** Parameters of a request and where they are recorded, in every mode. `docs/privacy.md` is made from it. */
export const PARAMETER_ATTRIBUTES: ReadonlyMap<keyof RequestParameters, string> = new Map([
  ['maxTokens', ATTRIBUTE.genAiRequestMaxTokens],
  ['temperature', ATTRIBUTE.genAiRequestTemperature],
  ['topP', ATTRIBUTE.genAiRequestTopP],
  ['frequencyPenalty', ATTRIBUTE.genAiRequestFrequencyPenalty],
  ['presencePenalty', ATTRIBUTE.genAiRequestPresencePenalty],
  ['stopSequences', ATTRIBUTE.genAiRequestStopSequences],
  ['seed', ATTRIBUTE.genAiRequestSeed],
  ['choiceCount', ATTRIBUTE.genAiRequestChoiceCount],
  ['reasoningLevel', ATTRIBUTE.genAiRequestReasoningLevel],
  ['outputType', ATTRIBUTE.genAiOutputType],
  ['encodingFormats', ATTRIBUTE.genAiRequestEncodingFormats],
  ['dimensions', ATTRIBUTE.genAiEmbeddingsDimensionCount],
  ['previousResponseId', ATTRIBUTE.genAiRequestPreviousResponseId],
  ['conversationId', ATTRIBUTE.genAiConversationId],
  ['compacted', ATTRIBUTE.genAiConversationCompacted],
  ['promptName', ATTRIBUTE.genAiPromptName],
  ['promptVersion', ATTRIBUTE.genAiPromptVersion],
  ['dataSourceId', ATTRIBUTE.genAiDataSourceId],
  ['topK', ATTRIBUTE.genAiRetrievalTopK],
  ['responseId', ATTRIBUTE.genAiResponseId],
  ['streamCursor', ATTRIBUTE.genAiRequestStreamCursor],
  ['route', AI_ATTRIBUTE.route],
])

function setParameterAttributes(target: AttributeTarget, parameters: RequestParameters): void {
  for (const key in parameters) {
    const name = PARAMETER_ATTRIBUTES.get(key as keyof RequestParameters)
    const value = parameters[key as keyof RequestParameters]
    if (name !== undefined && value !== undefined)
      target.setAttribute(name, typeof value === 'object' ? [...value] : value)
  }
}

/** Writes what is known when the call has ended. */
export function setResultAttributes(target: AttributeTarget, call: Call, profile: SemconvProfile): void {
  const { response, timing, outcome } = call
  target.setAttribute(AI_ATTRIBUTE.status, statusOf(outcome.kind))
  target.setAttribute(AI_ATTRIBUTE.attempts, call.attempts.length)
  target.setAttribute(AI_ATTRIBUTE.usageSource, call.usageSource)
  if (outcome.errorType !== undefined) target.setAttribute(ATTRIBUTE.errorType, outcome.errorType)
  const requestId = call.attempts.at(-1)?.requestId
  if (requestId !== undefined) target.setAttribute(AI_ATTRIBUTE.requestId, requestId)
  if (response) setResponseAttributes(target, response, call)
  if (timing.timeToFirstChunk !== undefined) {
    if (OPERATION_CONVENTIONS[call.operation].metrics !== 'other') {
      target.setAttribute(ATTRIBUTE.genAiResponseTimeToFirstChunk, timing.timeToFirstChunk)
    }
    target.setAttribute(AI_ATTRIBUTE.chunks, timing.chunks)
  }
  if (call.usage) setUsageAttributes(target, call.usage, call.operation, profile)
  if (call.units) setUnitAttributes(target, call.units)
  setCostAttributes(target, call)
  if (call.estimate) setEstimateAttributes(target, call.estimate, call.estimatedCost)
}

function setResponseAttributes(target: AttributeTarget, response: CallResponse, { operation, provider }: Call): void {
  if (response.id !== undefined) target.setAttribute(ATTRIBUTE.genAiResponseId, response.id)
  if (response.model !== undefined) target.setAttribute(ATTRIBUTE.genAiResponseModel, response.model)
  if (response.finishReasons) target.setAttribute(ATTRIBUTE.genAiResponseFinishReasons, [...response.finishReasons])
  if (response.compacted) target.setAttribute(ATTRIBUTE.genAiConversationCompacted, true)
  if (hasOpenAIAttributes(provider)) setOpenAIResponseAttributes(target, response)
  if (response.status !== undefined) {
    // The conventions' attribute has the states of a response, and those only.
    const name = operation === 'response_retrieval' ? ATTRIBUTE.genAiResponseStatus : AI_ATTRIBUTE.jobStatus
    target.setAttribute(name, response.status)
  }
  if (response.dimensions !== undefined)
    target.setAttribute(ATTRIBUTE.genAiEmbeddingsDimensionCount, response.dimensions)
}

function setOpenAIResponseAttributes(target: AttributeTarget, { serviceTier, systemFingerprint }: CallResponse): void {
  if (serviceTier !== undefined) target.setAttribute(ATTRIBUTE.openaiResponseServiceTier, serviceTier)
  if (systemFingerprint !== undefined) target.setAttribute(ATTRIBUTE.openaiResponseSystemFingerprint, systemFingerprint)
}

const UNIT_ATTRIBUTES = [
  ['inputCharacters', AI_ATTRIBUTE.inputCharacters],
  ['inputSeconds', AI_ATTRIBUTE.inputSeconds],
  ['outputSeconds', AI_ATTRIBUTE.outputSeconds],
  ['outputImages', AI_ATTRIBUTE.outputImages],
  ['webSearches', AI_ATTRIBUTE.webSearches],
  ['webSearchPreviews', AI_ATTRIBUTE.webSearchPreviews],
  ['fileSearches', AI_ATTRIBUTE.fileSearches],
] as const satisfies readonly (readonly [keyof Units, string])[]

function setUnitAttributes(target: AttributeTarget, units: Units): void {
  for (const [unit, name] of UNIT_ATTRIBUTES) {
    const count = units[unit]
    if (count !== undefined) target.setAttribute(name, count)
  }
  const { containers, imageTool } = units
  if (containers) {
    target.setAttribute(
      AI_ATTRIBUTE.containerSessions,
      Object.values(containers).reduce((sum, count) => sum + count, 0),
    )
  }
  if (imageTool?.model !== undefined) target.setAttribute(AI_ATTRIBUTE.imageToolModel, imageTool.model)
  if (imageTool?.usage) {
    target.setAttribute(AI_ATTRIBUTE.imageToolInputTokens, imageTool.usage.inputTokens)
    target.setAttribute(AI_ATTRIBUTE.imageToolOutputTokens, imageTool.usage.outputTokens)
  }
}

function setCostAttributes(target: AttributeTarget, { cost, unpriced }: Call): void {
  if (cost) {
    target.setAttribute(AI_ATTRIBUTE.cost, cost.usd)
    target.setAttribute(AI_ATTRIBUTE.priceSource, cost.priceSource)
    target.setAttribute(AI_ATTRIBUTE.priceDate, cost.priceDate)
    target.setAttribute(AI_ATTRIBUTE.priceTier, cost.tier)
    if (cost.zone !== undefined) target.setAttribute(AI_ATTRIBUTE.priceZone, cost.zone)
    if (cost.converted) setConvertedCost(target, cost.converted)
  } else if (unpriced !== undefined) {
    target.setAttribute(AI_ATTRIBUTE.unpriced, unpriced)
  }
}

function setConvertedCost(target: AttributeTarget, converted: ConvertedCost): void {
  target.setAttribute(AI_ATTRIBUTE.convertedCost, Number(converted.amount))
  target.setAttribute(AI_ATTRIBUTE.currency, converted.currency)
  target.setAttribute(AI_ATTRIBUTE.currencyRate, converted.rate)
  target.setAttribute(AI_ATTRIBUTE.currencyRateDate, converted.rateDate)
  target.setAttribute(AI_ATTRIBUTE.currencyRateSource, converted.rateSource)
}

function setEstimateAttributes(target: AttributeTarget, estimate: Estimate, cost: Cost | undefined): void {
  target.setAttribute(AI_ATTRIBUTE.estimatedInputTokens, estimate.inputTokens)
  target.setAttribute(AI_ATTRIBUTE.estimatedOutputTokens, estimate.outputTokens)
  target.setAttribute(AI_ATTRIBUTE.estimateMethod, estimate.method)
  if (cost) target.setAttribute(AI_ATTRIBUTE.estimatedCost, cost.usd)
}

/** A call that was answered at once has nothing to tell that its span does not say. */
function addAttemptEvents(span: Span, { attempts, startTime }: Call): void {
  if (attempts.length === 1 && isAnswered(attempts[0])) return
  for (const attempt of attempts) {
    span.addEvent(AI_EVENT.attempt, attemptAttributes(attempt), startTime + attempt.endedAfter * 1000)
  }
}

const isAnswered = (attempt: Attempt | undefined): boolean => (attempt?.status ?? 500) < 400

function attemptAttributes({ status, errorType, requestId, rateLimitReason, retryAfter, delay }: Attempt): Attributes {
  const attributes: Attributes = {}
  if (status !== undefined) attributes[AI_ATTRIBUTE.httpStatus] = status
  if (errorType !== undefined) attributes[ATTRIBUTE.errorType] = errorType
  if (requestId !== undefined) attributes[AI_ATTRIBUTE.requestId] = requestId
  if (rateLimitReason !== undefined) attributes[AI_ATTRIBUTE.rateLimitReason] = rateLimitReason
  if (retryAfter !== undefined) attributes[AI_ATTRIBUTE.retryAfter] = retryAfter
  if (delay !== undefined) attributes[AI_ATTRIBUTE.delay] = delay
  return attributes
}
