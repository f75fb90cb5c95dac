import type { CallRequest, RequestParameters } from '@tokenmeter/meter'
import { asInteger, asText, type JsonObject } from '../wire/json.ts'
import { fetchedResponseContent } from './content/response-content.ts'
import { readAnswer as readResponse, ResponseStreamReader } from './responses.ts'
import { type Answer, type Draft, type OperationRow, put, type RequestTarget } from './row.ts'

/**
 * `GET /responses/{}`, streamed or not. What it fetches was charged to the call that made it. Only a background response tells its
 * usage nowhere else: that is counted with the first answer that has it.
 */
export const responseRetrieval: OperationRow = {
  operation: 'response_retrieval',
  readRequest,
  content: fetchedResponseContent,
  readAnswer: (body) => fetched(readResponse(body), asText(body['status'])),
  createStreamReader() {
    const reader = new ResponseStreamReader()
    return { read: (event) => reader.read(event), answer: () => fetched(reader.answer(), reader.status) }
  },
}

function readRequest(_body: JsonObject, { ids, query }: RequestTarget): CallRequest {
  const parameters: Draft<RequestParameters> = {}
  put(parameters, 'responseId', ids[0])
  const cursor = asInteger(query['starting_after'])
  put(parameters, 'streamCursor', cursor === undefined ? undefined : String(cursor))
  return { stream: query['stream'] === true, parameters, inputIsText: false, outputIsText: false }
}

function fetched(answer: Answer, status: string | undefined): Answer {
  const { failure: _, ...rest } = answer
  const response = status === undefined ? rest.response : { ...rest.response, status }
  // A response that failed was fetched well enough.
  if (answer.chargeId !== undefined) return { ...rest, response }
  return { response, billed: false }
}
