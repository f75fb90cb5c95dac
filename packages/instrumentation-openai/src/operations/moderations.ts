import { asText } from '../wire/json.ts'
import { moderationContent } from './content/media-content.ts'
import { plainRow } from './one-answer.ts'
import type { OperationRow } from './row.ts'

/** `POST /moderations`: free of charge (https://developers.openai.com/api/docs/guides/moderation), and without usage. */
export const moderations: OperationRow = plainRow({
  operation: 'moderation',
  readRequest(body) {
    const model = asText(body['model'])
    return {
      ...(model !== undefined && { model }),
      stream: false,
      parameters: {},
      inputIsText: true,
      outputIsText: true,
    }
  },
  readAnswer(body) {
    const id = asText(body['id'])
    const model = asText(body['model'])
    return {
      response: { ...(id !== undefined && { id }), ...(model !== undefined && { model }) },
      billed: false,
    }
  },
  content: moderationContent,
})
