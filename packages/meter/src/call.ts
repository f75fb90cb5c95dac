import type { Attribution } from './attribution.ts'
import type { Content } from './content/content.ts'
import type { Operation } from './operation.ts'
import type { Usage } from './usage.ts'

/**
 * Who answers, in the words of `gen_ai.provider.name` (an open list): `openai`, `azure.ai.openai`, `groq`, `openrouter` …
 * OpenAI-compatible servers that nobody has a name for are `openai`, told apart by `server.address`.
 */
export type Provider = string

/** Where a client sends its requests. */
export interface Server {
  readonly address: string
  readonly port: number
}

/** What the request asked for, in the vocabulary of the GenAI conventions. Absent means the caller did not say. */
export interface RequestParameters {
  readonly maxTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  readonly stopSequences?: readonly string[]
  readonly seed?: number
  readonly choiceCount?: number
  readonly reasoningLevel?: string
  readonly serviceTier?: string
  readonly outputType?: 'text' | 'json' | 'image' | 'speech'
  readonly encodingFormats?: readonly string[]
  readonly dimensions?: number
  readonly previousResponseId?: string
  readonly conversationId?: string
  /** The input begins with what is left of a conversation that was made shorter. */
  readonly compacted?: true
  readonly promptName?: string
  readonly promptVersion?: string
  /** Vector store that is searched. */
  readonly dataSourceId?: string
  /** Most results a search may return. */
  readonly topK?: number
  /** Response that is fetched. */
  readonly responseId?: string
  /** Where to go on in a stream that is fetched again. */
  readonly streamCursor?: string
  /** Method and path of an administrative request, ids left out: `GET /files/{id}`. */
  readonly route?: string
}

/** The request side of a call, known before anything is sent. */
export interface CallRequest {
  /** The model as the application names it. On Azure this is a deployment name: see `deployment`. */
  readonly model?: string
  /** Azure: the deployment that is asked, which says nothing about the model behind it. */
  readonly deployment?: string
  /** Azure: the version of its API that was asked; absent for the undated `/openai/v1`. */
  readonly apiVersion?: string
  readonly stream: boolean
  readonly parameters: RequestParameters
  /** Whether everything the request sends is text: then input that the provider does not break down is text, too. */
  readonly inputIsText: boolean
  /** Whether the request can only be answered by text. */
  readonly outputIsText: boolean
  /** What the request alone says will be charged if it is answered: the characters that are to be spoken. */
  readonly units?: Units
  /** Size and quality of the image that is asked for, which may decide its price. */
  readonly variant?: Pick<Units, 'size' | 'quality'>
}

/** What is charged by something else than tokens. A field is absent when nobody said. */
export interface Units {
  /** Characters to be spoken. */
  readonly inputCharacters?: number
  /** Seconds of audio that were transcribed, or that a live session lasted. */
  readonly inputSeconds?: number
  /** Seconds of video that were made. */
  readonly outputSeconds?: number
  /** Images that were made, where they are charged apiece. */
  readonly outputImages?: number
  /** Size of the image or video, `1024x1792`, which may decide its price. */
  readonly size?: string
  /** Quality of the image, `hd`, which may decide its price. */
  readonly quality?: string
  /** Calls of the provider's web search. */
  readonly webSearches?: number
  /** Calls of the preview of the provider's web search, which has prices of its own. */
  readonly webSearchPreviews?: number
  /** Calls of the provider's file search. */
  readonly fileSearches?: number
  /** Sessions of the provider's containers, in which code and commands run, by the memory they have. */
  readonly containers?: Readonly<Partial<Record<ContainerMemory, number>>>
  /** What the provider's image tool consumed, which is charged by the model that it uses. */
  readonly imageTool?: ImageToolUse
}

/** Memory of a container, by which it is charged; `unknown` where nobody said. */
export type ContainerMemory = '1g' | '4g' | '16g' | '64g' | 'unknown'

/** Images that a model had made by another. */
export interface ImageToolUse {
  /** Absent when nobody said. */
  readonly model?: string
  /** Absent when the provider did not tell. */
  readonly usage?: Usage
}

/** The response side of a call, as far as it arrived. */
export interface CallResponse {
  readonly id?: string
  /** The model that served, as the provider names it. */
  readonly model?: string
  /** The tier that served, which may differ from the one requested. */
  readonly serviceTier?: string
  readonly systemFingerprint?: string
  /** One for each choice, in order; `error` where a choice never finished. */
  readonly finishReasons?: readonly string[]
  /** The provider made the conversation shorter. */
  readonly compacted?: true
  /** Length of the first vector, for embeddings. */
  readonly dimensions?: number
  /** Where a response that was fetched, a batch or a video stands: `queued`, `in_progress`, `completed` … */
  readonly status?: string
}

/** What the provider's headers, or events, said about the quota that is left. A field is absent when nothing usable was said. */
export interface RateLimitState {
  readonly limitRequests?: number
  readonly remainingRequests?: number
  readonly limitTokens?: number
  readonly remainingTokens?: number
}

/** Why a 429 was sent: which quota ran out. */
export type RateLimitReason = 'requests' | 'tokens' | 'quota' | 'unknown'

/** One HTTP request of a call. A call has more than one when the client retried. */
export interface Attempt {
  /** HTTP status; absent when no response arrived. */
  readonly status?: number
  /** Class of the network error when no response arrived. */
  readonly errorType?: string
  readonly requestId?: string
  readonly rateLimit?: RateLimitState
  /** For a 429 only. */
  readonly rateLimitReason?: RateLimitReason
  /** Seconds the provider asked to wait before the next attempt. */
  readonly retryAfter?: number
  /** Seconds that were waited between the attempt before and this one; absent for the first. */
  readonly delay?: number
  /** Seconds from the beginning of the attempt until its headers arrived or it failed. */
  readonly duration: number
  /** Seconds from the beginning of the call until then. */
  readonly endedAfter: number
}

/** When things happened. Durations are in seconds, measured on a monotonic clock. */
export interface Timing {
  /** Seconds to the end of the call; for a stream, to the end of the stream. */
  readonly duration: number
  /** Seconds from the request to the first chunk, for streams. */
  readonly timeToFirstChunk?: number
  /** Chunks the application received. */
  readonly chunks: number
  /** Seconds between one chunk and the next, for every chunk after the first. */
  readonly chunkGaps?: readonly number[]
}

/**
 * How a call ended.
 *
 * - `success`: the application got the whole answer.
 * - `error`: it got an exception, or the stream broke.
 * - `rate_limit`: the last attempt was answered with 429, or an event said as much.
 * - `cancelled`: the application stopped it: by an abort signal, or by leaving the loop over a stream.
 * - `abandoned`: a stream that nobody read to its end, noticed when it was garbage collected or at shutdown.
 */
export type OutcomeKind = 'success' | 'error' | 'rate_limit' | 'cancelled' | 'abandoned'

/** How a call ended, and why if it went wrong. */
export interface Outcome {
  readonly kind: OutcomeKind
  /** Value of `error.type`: the provider's code, else the HTTP status, else the class of the exception. */
  readonly errorType?: string
  /** What the application caught. Its text may quote the request: it leaves the process only scrubbed. */
  readonly error?: unknown
}

/** One line of a bill: so many units at such a price. */
export interface CostPart {
  /** What was charged for: `input`, `cache_read`, `cache_write`, `output`, `input_audio` … */
  readonly part: string
  readonly units: number
  /** Price in USD for a million units, as the price list writes it: a decimal string. */
  readonly usdPerMillion: string
  readonly picoUsd: bigint
}

/**
 * What the provider says that a call cost, as it wrote it. In which unit, and whether it is to be believed, depends on who the provider is: the
 * price book knows.
 */
export interface ReportedCost {
  /** The field of the usage that says it. */
  readonly field: 'cost' | 'cost.total_cost' | 'cost_in_usd_ticks'
  readonly amount: number
  /** Charged beside it by who answers behind a gateway, to the application's own key there. */
  readonly upstream?: number
}

/** An amount in a currency of the operator's, at a rate of the operator's, beside the one in USD. */
export interface ConvertedCost {
  /** ISO 4217: `EUR`. */
  readonly currency: string
  /** The amount as a decimal: `0.000414`. */
  readonly amount: string
  /** The amount in 10⁻¹² of the currency: rounded once, half to even. */
  readonly picoAmount: bigint
  /** Units of the currency for one USD, as a decimal. */
  readonly rate: string
  /** The day of the rate, `YYYY-MM-DD`. */
  readonly rateDate: string
  /** Where the rate is from. */
  readonly rateSource: string
}

/** What a call cost. The parts add up to the total exactly. */
export interface Cost {
  /** The total in pico-USD (10⁻¹² USD): exact, an integer. */
  readonly picoUsd: bigint
  /** The total in USD: the double nearest to `picoUsd`. */
  readonly usd: number
  readonly breakdown: readonly CostPart[]
  /** The price list that was used, with its version: `genai-prices@0.1.8`. `provider`, where the provider itself said what the call cost. */
  readonly priceSource: string
  /** The day the price list was made, `YYYY-MM-DD`. */
  readonly priceDate: string
  /** The service tier that was charged. */
  readonly tier: string
  /** Where the call was processed, as far as that decides the price: `global`, `eu`. */
  readonly zone?: string
  /** The total in the currency that the operator has set, beside USD. */
  readonly converted?: ConvertedCost
}

/** Why a call has no cost. An unknown cost is never 0. */
export type UnpricedReason =
  | 'no_usage'
  | 'unknown_model'
  | 'unknown_provider'
  | 'unknown_deployment'
  | 'unknown_tier'
  | 'unknown_zone'
  | 'unknown_unit'
  | 'summed_usage'
  | 'price_table_unavailable'
  | 'no_price_book'

/** Part of a usage that is a sum over many requests: those whose prompts are about as long. */
export interface UsagePiece {
  readonly usage: Usage
  readonly requests: number
  /** Input tokens of the longest prompt among them: what says whether long prompts are charged otherwise. */
  readonly longestInput: number
}

/** Either a cost, or the reason why there is none. */
export type PriceResult =
  | { readonly cost: Cost; readonly unpriced?: undefined }
  | { readonly cost?: undefined; readonly unpriced: UnpricedReason }

/** How tokens were counted that the provider did not tell: by a tokenizer, or from the characters of the texts. */
export type EstimateMethod = 'gpt-tokenizer' | 'characters'

/**
 * What a call may have consumed, counted from its texts because the provider told no usage. Never more than a hint: it is kept out of
 * `usage`, `cost` and every metric of theirs.
 */
export interface Estimate {
  readonly inputTokens: number
  /** Of the output that arrived; reasoning that was not sent is not in it. */
  readonly outputTokens: number
  readonly method: EstimateMethod
}

/** What is known when a call begins. */
export interface CallStart {
  readonly operation: Operation
  readonly provider: Provider
  readonly server?: Server
  readonly request: CallRequest
  /** Who the call was made for. Default: what `withAI` says where the call begins. */
  readonly attribution?: Attribution
  /** Milliseconds since the epoch. */
  readonly startTime: number
}

/** What is known when a call has ended. */
export interface CallEnd {
  readonly response?: CallResponse
  readonly usage?: Usage
  /** For batches, whose usage is a sum: what it is the sum of, where that is known. */
  readonly pieces?: readonly UsagePiece[]
  /** What is charged beside, or instead of, tokens. */
  readonly units?: Units
  readonly reportedCost?: ReportedCost
  /** Where there is no usage, and the texts of the call are at hand. */
  readonly estimate?: Estimate
  /** `false`: an answer to this call is not charged, or was counted with another call. Default `true`. */
  readonly billed?: boolean
  /** None where a call does not make its own request, as over a WebSocket. */
  readonly attempts: readonly Attempt[]
  /** What is left of the quota, where no attempt's headers say it. */
  readonly rateLimit?: RateLimitState
  /** Which quota was exceeded, where there is no attempt to say it. */
  readonly rateLimitReason?: RateLimitReason
  readonly timing: Timing
  readonly outcome: Outcome
}

/** The span of a call, by the ids of OpenTelemetry in hexadecimal digits. */
export interface CallTrace {
  readonly traceId: string
  readonly spanId: string
}

/**
 * One logical call: retries, chunks and all. Spans, metrics, events and costs are derived from it and from nothing else.
 * It is frozen when the sinks see it.
 */
export interface Call extends CallStart, CallEnd {
  /**
   * `provider`: the numbers in `usage` are the provider's. `estimated`: it sent none, and there is an `estimate`. `none`: it sent none,
   * and nothing is counted.
   */
  readonly usageSource: 'provider' | 'estimated' | 'none'
  /** Absent when unknown: `unpriced` says why. Both are absent for calls that got no answer and so have nothing to pay for. */
  readonly cost?: Cost | undefined
  readonly unpriced?: UnpricedReason | undefined
  /** What the tokens in `estimate` would cost. The call stays unpriced for the reason `no_usage`. */
  readonly estimatedCost?: Cost | undefined
  /** The call's span, sampled or not; absent where nobody traces. */
  readonly trace?: CallTrace
  /** Where capture is on: what was asked and answered, clean and within its caps. Metrics and totals never have it. */
  readonly content?: Content | undefined
}

/** Puts a price on a call that has usage, units, or both; must not throw. */
export type PriceCall = (call: CallStart & CallEnd) => PriceResult
