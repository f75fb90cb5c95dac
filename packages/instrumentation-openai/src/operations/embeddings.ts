import type { CallRequest, CallResponse, RequestParameters } from '@tokenmeter/meter'
import { asArray, asInteger, asObject, asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { embeddingContent } from './content/media-content.ts'
import { plainRow } from './one-answer.ts'
import { type Answer, type Draft, type OperationRow, put } from './row.ts'

/** `POST /embeddings`: never streamed */
export const embeddings: OperationRow = plainRow({
  operation: 'embedding',
  readRequest,
  readAnswer,
  content: embeddingContent,
})

function readRequest(body: JsonObject): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  put(parameters, 'dimensions', asInteger(body['dimensions']))
  const format = asText(body['encoding_format'])
  // The client asks for base64 by itself when the application says nothing: that is no wish of the application's.
  if (format !== undefined && format !== 'base64') parameters.encodingFormats = [format]
  const request: Draft<CallRequest> = { stream: false, parameters, inputIsText: true, outputIsText: true }
  put(request, 'model', asText(body['model']))
  return request
}

function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = {}
  put(response, 'model', asText(body['model']))
  put(response, 'dimensions', dimensionsOf(asObject(asArray(body['data'])?.[0])?.['embedding']))
  return { response, ...readCharge('embedding', body['usage']) }
}

const BYTES_PER_FLOAT = 4

/** Length of a vector, as numbers or as base64 of 32-bit floats, without decoding it. */
function dimensionsOf(vector: unknown): number | undefined {
  if (Array.isArray(vector)) return vector.length
  if (typeof vector !== 'string' || vector === '') return undefined
  return Math.floor(((vector.length / 4) * 3) / BYTES_PER_FLOAT)
}
