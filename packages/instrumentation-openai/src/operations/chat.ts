import type { CallRequest, CallResponse, RequestParameters } from '@tokenmeter/meter'
import { asArray, asInteger, asObject, asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { readCompletionFacts, readFinishReasons } from './choices.ts'
import { CompletionStreamReader } from './completion-stream.ts'
import { isTextContent, outputTypeOf } from './content.ts'
import { chatContent } from './content/chat-content.ts'
import { readChatTexts } from './request-texts.ts'
import { type Answer, type Draft, type OperationRow, put, readCompletionParameters } from './row.ts'

/** `POST /chat/completions` */
export const chat: OperationRow = {
  operation: 'chat_completion',
  readRequest,
  readAnswer,
  createStreamReader: (written) => new CompletionStreamReader(written),
  readTexts: readChatTexts,
  content: chatContent,
  tellsUsageOnRequest: true,
}

function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  readCompletionParameters(body, parameters)
  put(parameters, 'maxTokens', asInteger(body['max_completion_tokens']) ?? asInteger(body['max_tokens']))
  put(parameters, 'reasoningLevel', asText(body['reasoning_effort']))
  const speaks = asArray(body['modalities'])?.includes('audio') ?? false
  put(parameters, 'outputType', speaks ? 'speech' : outputTypeOf(body['response_format']))
  const request: Draft<CallRequest> = {
    stream: body['stream'] === true,
    parameters,
    inputIsText: asArray(body['messages'])?.every(isTextMessage) ?? true,
    outputIsText: !speaks,
  }
  put(request, 'model', asText(body['model']))
  return request
}

const isTextMessage = (message: unknown): boolean => isTextContent(asObject(message)?.['content'])

function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = {}
  readCompletionFacts(body, response)
  put(response, 'finishReasons', readFinishReasons(body['choices']))
  return { response, ...readCharge('chat_completion', body['usage']) }
}
