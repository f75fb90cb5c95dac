import { asArray, asObject, asText, type JsonObject } from '../wire/json.ts'
import { UNFINISHED } from './choices.ts'

/** A Responses answer is one choice, whose end is told by the status. One that is still running has none. */
export function finishReasonsOf(body: JsonObject): readonly string[] | undefined {
  switch (body['status']) {
    case 'completed':
      return [(asArray(body['output']) ?? []).some(isToolCall) ? 'tool_calls' : 'stop']
    case 'incomplete':
      return [incompleteReason(asObject(body['incomplete_details'])?.['reason'])]
    case 'failed':
    case 'cancelled':
      return [UNFINISHED]
    default:
      return undefined
  }
}

function isToolCall(item: unknown): boolean {
  const type = asObject(item)?.['type']
  return type === 'function_call' || type === 'custom_tool_call'
}

function incompleteReason(reason: unknown): string {
  return reason === 'max_output_tokens' ? 'length' : (asText(reason) ?? UNFINISHED)
}

/** The events that end a response; each carries all of it. */
export const LAST_EVENTS: ReadonlySet<unknown> = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
])
