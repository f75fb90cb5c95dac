import type {
  CallRequest,
  CallResponse,
  ContainerMemory,
  Operation,
  ReportedCost,
  RequestParameters,
  Units,
  Usage,
  UsagePiece,
} from '@tokenmeter/meter'
import { asInteger, asNumber, type JsonObject } from '../wire/json.ts'
import type { Texts } from '../wire/texts.ts'
import type { RowContent } from './content/row-content.ts'

/** The answers of a batch. */
export interface BatchOutput {
  readonly fileId: string
  /** What its requests asked: `/v1/chat/completions`. */
  readonly endpoint: string
}

/** A container in which the provider ran code or commands. */
export interface UsedContainer {
  readonly id: string
  readonly memory: ContainerMemory
}

/** What a whole answer says, or as much of a stream as arrived. */
export interface Answer {
  readonly response: CallResponse
  readonly usage?: Usage | undefined
  /** What the usage of a batch is the sum of. */
  readonly pieces?: readonly UsagePiece[] | undefined
  readonly units?: Units | undefined
  /** Containers of the provider that were used: sessions of them are charged, and may be the ones of earlier answers. */
  readonly containers?: readonly UsedContainer[] | undefined
  readonly reportedCost?: ReportedCost | undefined
  /** `false`: nothing is charged for this, or it is with another call. */
  readonly billed?: boolean
  /** What the charge is for, where several answers may carry the same one: it is counted with the first of them. */
  readonly chargeId?: string | undefined
  /** Where the answers of a batch are, which tell what its requests cost if the batch itself does not. */
  readonly output?: BatchOutput | undefined
  /** `error.type`, when the provider answered that the operation failed. */
  readonly failure?: string | undefined
}

/** Puts a streamed answer together, keeping facts and no content. */
export interface StreamReader {
  read(chunk: JsonObject): void
  /** What is known so far; choices that have not finished are said to have ended in `error`. */
  answer(): Answer
}

/** What a request says beside its body. */
export interface RequestTarget {
  /** Ids in the path, in order. */
  readonly ids: readonly string[]
  readonly query: JsonObject
  /** `GET /files/{id}` */
  readonly route: string
}

/** The texts of a request, and the tokens that its form takes beside them. */
export interface RequestTexts {
  readonly texts: Texts
  readonly overhead: number
}

/** Puts together what the lines of a file say. */
export interface LineReader {
  read(line: JsonObject): void
  answer(): Answer
}

/** One endpoint: everything we know about its wire shapes. The functions are pure and accept any JSON. */
export interface OperationRow {
  readonly operation: Operation
  readRequest(body: JsonObject, target: RequestTarget): CallRequest
  readAnswer(body: JsonObject, request: CallRequest): Answer
  /** @param written is given every piece of text that the stream brings, if anyone wants it. */
  createStreamReader(written?: Texts): StreamReader
  /** Where the answer is binary: a reader of its lines, each of which is JSON. */
  createLineReader?(): LineReader
  /** All that a request says in text, for endpoints whose tokens can be estimated. May throw at an object that resists. */
  readTexts?(body: JsonObject): RequestTexts
  /** What of its requests and answers is content; absent where nothing is. */
  readonly content?: RowContent
  /** Whether a stream tells its usage only when `stream_options.include_usage` asks for it. */
  readonly tellsUsageOnRequest?: boolean
}

/** A record while it is being read. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }

/** Sets a field that the wire had, and leaves out one it had not. */
export function put<T extends object, K extends keyof T>(draft: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) draft[key] = value
}

/** Parameters several endpoints share. */
export function readCommonParameters(body: JsonObject, draft: Draft<RequestParameters>): void {
  put(draft, 'temperature', asNumber(body['temperature']))
  put(draft, 'topP', asNumber(body['top_p']))
  const tier = body['service_tier']
  if (typeof tier === 'string' && tier !== 'auto') draft.serviceTier = tier
}

/** Parameters of chat and legacy completions. */
export function readCompletionParameters(body: JsonObject, draft: Draft<RequestParameters>): void {
  readCommonParameters(body, draft)
  put(draft, 'frequencyPenalty', asNumber(body['frequency_penalty']))
  put(draft, 'presencePenalty', asNumber(body['presence_penalty']))
  put(draft, 'seed', asInteger(body['seed']))
  put(draft, 'stopSequences', readStop(body['stop']))
  const choices = asInteger(body['n'])
  if (choices !== undefined && choices !== 1) draft.choiceCount = choices
}

function readStop(stop: unknown): readonly string[] | undefined {
  if (typeof stop === 'string') return [stop]
  return Array.isArray(stop) && stop.length > 0 && stop.every((item) => typeof item === 'string') ? stop : undefined
}
