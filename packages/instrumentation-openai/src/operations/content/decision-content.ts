import { asArray, asObject } from '../../wire/json.ts'
import { inputItems } from './item-parts.ts'
import type { RowContent } from './row-content.ts'

/** `POST /decisions`: an input as Responses take it, questions about it, and the answers to them. */
export const decisionContent: RowContent = {
  fields: ['inputMessages', 'outputMessages'],
  readRequest: ({ input, questions }) => ({
    inputMessages: [
      ...inputItems(input),
      ...(asArray(questions)
        ? [{ role: 'user', parts: [{ type: 'generic', generic_type: 'questions', questions }] }]
        : []),
    ],
  }),
  readAnswer: (body) => {
    const answers = asArray(asObject(body)?.['answers'])
    if (!answers) return {}
    return {
      outputMessages: [
        { role: 'assistant', parts: [{ type: 'generic', generic_type: 'answers', answers }], finish_reason: 'stop' },
      ],
    }
  },
}
