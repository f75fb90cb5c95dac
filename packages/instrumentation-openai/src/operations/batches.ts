import type { CallResponse } from '@tokenmeter/meter'
import { asText, type JsonObject } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { plainRow } from './one-answer.ts'
import { type Answer, type Draft, type OperationRow, put } from './row.ts'

/** `POST /batches`: starts a batch, which is charged as its requests are answered. */
export const batch: OperationRow = plainRow({ operation: 'batch', readRequest, readAnswer })

/** `GET /batches/{}`: the first answer that shows the batch at its end carries the charge of all its requests. */
export const batchRetrieval: OperationRow = plainRow({ operation: 'batch_retrieval', readRequest, readAnswer })

/** What batches are charged at, whatever their answers say of tiers. */
export const BATCH_TIER = 'batch'
/** A batch that was cancelled or ran out of time is charged for what it has answered. */
const ENDS: ReadonlySet<unknown> = new Set(['completed', 'cancelled', 'expired'])

function readRequest(): ReturnType<OperationRow['readRequest']> {
  return { stream: false, parameters: {}, inputIsText: false, outputIsText: false }
}

function readAnswer(body: JsonObject): Answer {
  const response: Draft<CallResponse> = { serviceTier: BATCH_TIER }
  put(response, 'id', asText(body['id']))
  put(response, 'model', asText(body['model']))
  put(response, 'status', asText(body['status']))
  const failure = response.status === 'failed' ? 'batch_failed' : undefined
  if (!ENDS.has(response.status)) return { response, billed: false, failure }
  const fileId = asText(body['output_file_id'])
  const endpoint = asText(body['endpoint'])
  const output = fileId !== undefined && endpoint !== undefined ? { fileId, endpoint } : undefined
  return { response, ...readCharge('batch_retrieval', body['usage']), chargeId: response.id, output }
}
