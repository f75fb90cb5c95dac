import type { CallRequest, CallResponse, RequestParameters } from '@tokenmeter/meter'
import { STREAM_ERROR } from '../wire/error.ts'
import { asArray, asInteger, asObject, asText, type JsonObject } from '../wire/json.ts'
import type { Texts } from '../wire/texts.ts'
import { readCharge } from '../wire/usage.ts'
import { UNFINISHED } from './choices.ts'
import { compactionContent, countedContent, responseContent } from './content/response-content.ts'
import { plainRow } from './one-answer.ts'
import { isTextContent, outputTypeOf } from './content.ts'
import { readResponseTexts } from './request-texts.ts'
import { readToolUse } from './response-tools.ts'
import { finishReasonsOf, LAST_EVENTS } from './response-end.ts'
import { type Answer, type Draft, type OperationRow, put, readCommonParameters, type StreamReader } from './row.ts'

/** `POST /responses` */
export const responses: OperationRow = {
  operation: 'response',
  readRequest,
  readAnswer,
  createStreamReader: (written) => new ResponseStreamReader(written),
  readTexts: readResponseTexts,
  content: responseContent,
}

function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  readCommonParameters(body, parameters)
  put(parameters, 'maxTokens', asInteger(body['max_output_tokens']))
  put(parameters, 'reasoningLevel', asText(asObject(body['reasoning'])?.['effort']))
  put(parameters, 'previousResponseId', asText(body['previous_response_id']))
  put(parameters, 'conversationId', asText(body['conversation']) ?? asText(asObject(body['conversation'])?.['id']))
  if (hasCompaction(body['input'])) parameters.compacted = true
  const prompt = asObject(body['prompt'])
  put(parameters, 'promptName', asText(prompt?.['id']))
  put(parameters, 'promptVersion', asText(prompt?.['version']))
  put(parameters, 'outputType', outputTypeOf(asObject(body['text'])?.['format']))
  const model = asText(body['model'])
  const remembers = parameters.previousResponseId ?? parameters.conversationId ?? parameters.promptName
  return {
    ...(model !== undefined && { model }),
    stream: body['stream'] === true,
    parameters,
    // What the provider adds from its own memory is not ours to see.
    inputIsText: remembers === undefined && isTextInput(body['input']),
    outputIsText: !hasTool(body['tools'], 'image_generation'),
  }
}

/** `POST /responses/compact`: makes a conversation shorter, and is charged for it */
export const compaction: OperationRow = plainRow({
  operation: 'compaction',
  readRequest,
  readAnswer,
  content: compactionContent,
})

/** `POST /responses/input_tokens`: says how many tokens an input would be; none is consumed */
export const tokenCount: OperationRow = plainRow({
  operation: 'token_count',
  readRequest,
  readAnswer: () => ({ response: {}, billed: false }),
  content: countedContent,
})

/** Input items without content of their own that are text all the same. */
const TEXT_ITEMS: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call', 'reasoning'])
const TOOL_OUTPUTS: ReadonlySet<unknown> = new Set(['function_call_output', 'custom_tool_call_output'])

function isTextInput(input: unknown): boolean {
  const items = asArray(input)
  if (!items) return true
  return items.every((item) => {
    const { type = 'message', content, output } = asObject(item) ?? {}
    if (type === 'message') return isTextContent(content)
    return TEXT_ITEMS.has(type) || (TOOL_OUTPUTS.has(type) && isTextContent(output))
  })
}

/** An item in the place of all that came before it: https://developers.openai.com/api/docs/guides/compaction */
function hasCompaction(items: unknown): boolean {
  return (asArray(items) ?? []).some((item) => asObject(item)?.['type'] === 'compaction')
}

function hasTool(tools: unknown, type: string): boolean {
  return (asArray(tools) ?? []).some((tool) => asObject(tool)?.['type'] === type)
}

/** What a response says about itself, whoever asked for it. */
export function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = {}
  put(response, 'id', asText(body['id']))
  put(response, 'model', asText(body['model']))
  put(response, 'serviceTier', asText(body['service_tier']))
  put(response, 'finishReasons', finishReasonsOf(body))
  if (hasCompaction(body['output'])) response.compacted = true
  const failure =
    body['status'] === 'failed' ? (asText(asObject(body['error'])?.['code']) ?? 'response_failed') : undefined
  const answer: Draft<Answer> = {
    response,
    failure,
    ...readCharge('response', body['usage']),
    ...readToolUse(body),
  }
  if (body['background'] === true) {
    if (answer.usage) put(answer, 'chargeId', response.id)
    else if (isUnderWay(body['status'])) answer.billed = false
  }
  return answer
}

/** A background response tells its usage to whoever fetches it when it has ended. */
const isUnderWay = (status: unknown): boolean => status === 'queued' || status === 'in_progress'

/** What the model itself writes; a summary of its reasoning is not what is charged. */
const WRITTEN_EVENTS: ReadonlySet<unknown> = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_text.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
  'response.mcp_call_arguments.delta',
  'response.code_interpreter_call_code.delta',
])

/** Reads the events of a response, from its beginning or from somewhere in the middle. */
export class ResponseStreamReader implements StreamReader {
  #first: CallResponse = {}
  #last: Answer | undefined
  #failure: string | undefined
  readonly #written: Texts | undefined
  /** Where the response stands, by the last event that says. */
  status: string | undefined

  constructor(written?: Texts) {
    this.#written = written
  }

  read(event: JsonObject): void {
    const { type } = event
    if (event['response'] !== undefined) this.status = asText(asObject(event['response'])?.['status'])
    if (type === 'response.created') {
      const { id, model } = readAnswer(asObject(event['response']) ?? {}).response
      this.#first = { ...(id !== undefined && { id }), ...(model !== undefined && { model }) }
    } else if (WRITTEN_EVENTS.has(type)) {
      this.#written?.add(event['delta'])
    } else if (LAST_EVENTS.has(type)) {
      this.#last = readAnswer(asObject(event['response']) ?? {})
    } else if (type === 'error') {
      // v5 and v6 hand this event over like any other; v4 and v7 throw it.
      this.#failure = asText(event['code']) ?? STREAM_ERROR
    }
  }

  answer(): Answer {
    return this.#last ?? { response: { ...this.#first, finishReasons: [UNFINISHED] }, failure: this.#failure }
  }
}
