import type { CallRequest, CallResponse, RequestParameters } from '@tokenmeter/meter'
import { asInteger, asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { readCompletionFacts, readFinishReasons } from './choices.ts'
import { CompletionStreamReader } from './completion-stream.ts'
import { completionsContent } from './content/chat-content.ts'
import { readPromptTexts } from './request-texts.ts'
import { type Answer, type Draft, type OperationRow, put, readCompletionParameters } from './row.ts'

/** `POST /completions`, the legacy endpoint */
export const completions: OperationRow = {
  operation: 'completion',
  readRequest,
  readAnswer,
  createStreamReader: (written) => new CompletionStreamReader(written),
  readTexts: readPromptTexts,
  content: completionsContent,
  tellsUsageOnRequest: true,
}

function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  readCompletionParameters(body, parameters)
  put(parameters, 'maxTokens', asInteger(body['max_tokens']))
  const model = asText(body['model'])
  return {
    ...(model !== undefined && { model }),
    stream: body['stream'] === true,
    parameters,
    inputIsText: true,
    outputIsText: true,
  }
}

function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = {}
  readCompletionFacts(body, response)
  put(response, 'finishReasons', readFinishReasons(body['choices']))
  return { response, ...readCharge('completion', body['usage']) }
}
