import type { RequestParameters } from '@tokenmeter/meter'
import { asInteger } from '../wire/json.ts'
import { searchContent } from './content/search-content.ts'
import { plainRow } from './one-answer.ts'
import { type Draft, type OperationRow, put } from './row.ts'

/**
 * `POST /vector_stores/{}/search`: what is charged is the storage and, inside Responses, the tool; a search by hand has no price
 * of its own (https://developers.openai.com/api/docs/pricing).
 */
export const search: OperationRow = plainRow({
  operation: 'search',
  readRequest(body, { ids }) {
    const parameters: Draft<RequestParameters> = {}
    put(parameters, 'dataSourceId', ids[0])
    put(parameters, 'topK', asInteger(body['max_num_results']))
    return { stream: false, parameters, inputIsText: true, outputIsText: true }
  },
  readAnswer: () => ({ response: {}, billed: false }),
  content: searchContent,
})
