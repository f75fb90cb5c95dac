import type { RawContent } from '@tokenmeter/meter'
import { asArray, asObject } from '../../wire/json.ts'
import { toolDefinitions } from './chat-content.ts'
import { inputItems, outputParts } from './item-parts.ts'
import { instructionParts } from './response-content.ts'
import { finishReason } from './parts.ts'
import type { RowContent } from './row-content.ts'

/**
 * A response of the Realtime API: what its `response.create` says, and what `response.done` repeats of the answer. Sounds are in neither; their transcripts
 * are. The session's own instructions and the items of its conversation come in other events, and are not recorded.
 */
export function realtimeContent(finishReasonOf: (body: Readonly<Record<string, unknown>>) => string): RowContent {
  const readAnswer = (value: unknown): RawContent => {
    const body = asObject(value) ?? {}
    if (!asArray(body['output'])) return {}
    const parts = outputParts(body['output'])
    return { outputMessages: [{ role: 'assistant', parts, finish_reason: finishReason(finishReasonOf(body)) }] }
  }
  return {
    fields: ['systemInstructions', 'inputMessages', 'outputMessages', 'toolDefinitions'],
    readRequest: ({ instructions, input, tools }) => ({
      systemInstructions: instructionParts(instructions),
      inputMessages: inputItems(input),
      toolDefinitions: toolDefinitions(tools),
    }),
    readAnswer,
    createStreamReader() {
      let last: RawContent = {}
      return {
        read: (event) => {
          if (event['type'] === 'response.done') last = readAnswer(event['response'])
        },
        content: () => last,
      }
    },
  }
}
