import { asText } from '../wire/json.ts'
import { readCharge } from '../wire/usage.ts'
import { decisionContent } from './content/decision-content.ts'
import { plainRow } from './one-answer.ts'
import type { OperationRow } from './row.ts'

/** `POST /decisions`: answers to questions about an input, charged by tokens. */
export const decisions: OperationRow = plainRow({
  operation: 'decision',
  readRequest(body) {
    const model = asText(body['model'])
    // Its input may hold images, which nothing but the usage could tell.
    return {
      ...(model !== undefined && { model }),
      stream: false,
      parameters: {},
      inputIsText: false,
      outputIsText: true,
    }
  },
  readAnswer(body) {
    const model = asText(body['model'])
    return { response: model === undefined ? {} : { model }, ...readCharge('decision', body['usage']) }
  },
  content: decisionContent,
})
