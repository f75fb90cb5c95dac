import type { CallRequest, CallResponse, RequestParameters } from '@tokenmeter/meter'
import { readEventError } from '../wire/error.ts'
import { asArray, asInteger, asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { UNFINISHED } from './choices.ts'
import { realtimeContent } from './content/realtime-content.ts'
import { type Answer, type Draft, type OperationRow, put, type StreamReader } from './row.ts'

/**
 * A response of the Realtime API: `response.create`, or a turn of the speaker's, to `response.done`. It has no endpoint of its own: many of them
 * share one WebSocket.
 */
export const realtime: OperationRow = {
  operation: 'realtime',
  readRequest,
  readAnswer,
  createStreamReader: () => new RealtimeReader(undefined),
  content: realtimeContent(finishReasonOf),
}

/** @param body the `response` of a `response.create`, with what the session says where it says nothing. */
function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  put(parameters, 'maxTokens', asInteger(body['max_output_tokens'] ?? body['max_response_output_tokens']))
  put(parameters, 'temperature', asNumber(body['temperature']))
  put(parameters, 'outputType', outputTypeOf(body['output_modalities'] ?? body['modalities']))
  const prompt = asObject(body['prompt'])
  put(parameters, 'promptName', asText(prompt?.['id']))
  put(parameters, 'promptVersion', asText(prompt?.['version']))
  const model = asText(body['model'])
  return {
    ...(model !== undefined && { model }),
    stream: true,
    parameters,
    inputIsText: false,
    outputIsText: parameters.outputType === 'text',
  }
}

function outputTypeOf(modalities: unknown): RequestParameters['outputType'] {
  const list = asArray(modalities)
  if (!list || list.length === 0) return undefined
  return list.includes('audio') ? 'speech' : 'text'
}

/** @param body the `response` of `response.done`. */
function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = { finishReasons: [finishReasonOf(body)] }
  put(response, 'id', asText(body['id']))
  const failed = body['status'] === 'failed'
  const failure = failed ? readEventError(asObject(body['status_details'])?.['error'], RESPONSE_FAILED).code : undefined
  return { response, ...readCharge('realtime', body['usage']), failure }
}

/** `error.type` of a response that failed without saying why, as for the Responses API. */
export const RESPONSE_FAILED = 'response_failed'

function finishReasonOf(body: JsonObject): string {
  const reason = asText(asObject(body['status_details'])?.['reason'])
  switch (body['status']) {
    case 'completed':
      return (asArray(body['output']) ?? []).some(isToolCall) ? 'tool_calls' : 'stop'
    case 'incomplete':
      return reason === 'max_output_tokens' ? 'length' : (reason ?? UNFINISHED)
    default:
      return UNFINISHED
  }
}

const isToolCall = (item: unknown): boolean => asObject(item)?.['type'] === 'function_call'

/** Keeps what is known of one response, and the model of the session, which is in none of its events. */
export class RealtimeReader implements StreamReader {
  readonly #model: string | undefined
  #id: string | undefined
  #last: Answer | undefined

  constructor(model: string | undefined) {
    this.#model = model
  }

  read(event: JsonObject): void {
    const { type } = event
    if (type !== 'response.created' && type !== 'response.done') return
    const body = asObject(event['response']) ?? {}
    this.#id = asText(body['id'])
    if (type === 'response.done') this.#last = readAnswer(body)
  }

  answer(): Answer {
    const known = this.#last ?? {
      response: { ...(this.#id !== undefined && { id: this.#id }), finishReasons: [UNFINISHED] },
    }
    if (this.#model === undefined) return known
    return { ...known, response: { ...known.response, model: this.#model } }
  }
}
