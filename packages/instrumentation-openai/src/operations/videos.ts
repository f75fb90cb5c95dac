import type { CallRequest, CallResponse, RequestParameters } from '@tokenmeter/meter'
import { asNumber, asObject, asText, type JsonObject } from '../wire/json.ts'
import { videoContent } from './content/media-content.ts'
import { plainRow } from './one-answer.ts'
import { type Answer, type Draft, type OperationRow, put } from './row.ts'

/** `POST /videos` and what makes a video out of another: starts a job, which is charged when it has succeeded. */
export const video: OperationRow = plainRow({ operation: 'video', readRequest, readAnswer, content: videoContent })

/** `GET /videos/{}`: the first answer that shows the finished video carries its charge. */
export const videoRetrieval: OperationRow = plainRow({ operation: 'video_retrieval', readRequest, readAnswer })

function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  const model = asText(body['model'])
  return { ...(model !== undefined && { model }), stream: false, parameters, inputIsText: true, outputIsText: false }
}

function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = {}
  put(response, 'id', asText(body['id']))
  put(response, 'model', asText(body['model']))
  put(response, 'status', asText(body['status']))
  if (response.status === 'failed') {
    return { response, billed: false, failure: asText(asObject(body['error'])?.['code']) ?? 'video_failed' }
  }
  const outputSeconds = asNumber(Number(body['seconds']))
  const size = asText(body['size'])
  if (response.status !== 'completed') return { response, billed: false }
  return {
    response,
    chargeId: response.id,
    ...(outputSeconds !== undefined && { units: { outputSeconds, ...(size !== undefined && { size }) } }),
  }
}
