import { Media, type Message, type MessagePart } from '@tokenmeter/meter'
import { asArray, asObject, asText, type JsonObject } from '../../wire/json.ts'
import {
  contentParts,
  genericPart,
  messages,
  parsed,
  reasoningParts,
  toolCallPart,
  toolResultPart,
  withMedia,
} from './parts.ts'

/** Fields of items of hosted tools that are none of what the tool was told or has found. */
const NO_CONTENT_OF_TOOLS: ReadonlySet<string> = new Set([
  'type',
  'id',
  'call_id',
  'status',
  'encrypted_content',
  'created_by',
  'object',
])

/** Items of Responses and of the Realtime API, as they are sent: a message each, but for those that say nothing. */
export function inputItems(items: unknown): Message[] {
  if (typeof items === 'string') return messages('user', contentParts(items))
  return (asArray(items) ?? []).flatMap((item) => {
    const fields = asObject(item) ?? {}
    return messages(roleOf(fields), itemParts(fields))
  })
}

/** Items of an answer: all of them are one message. */
export function outputParts(items: unknown): MessagePart[] {
  return (asArray(items) ?? []).flatMap((item) => itemParts(asObject(item) ?? {}))
}

function roleOf({ type = 'message', role }: JsonObject): string {
  if (type === 'message') return asText(role) ?? 'user'
  return String(type).endsWith('_output') || type === 'mcp_approval_response' ? 'tool' : 'assistant'
}

/** What one item says. */
function itemParts(item: JsonObject): MessagePart[] {
  const { type = 'message', id, call_id: callId } = item
  switch (type) {
    case 'message':
      return contentParts(item['content'])
    case 'function_call':
      return [toolCallPart(callId ?? id, item['name'], item['arguments'])]
    case 'custom_tool_call':
      return [toolCallPart(callId ?? id, item['name'], item['input'])]
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [toolResultPart(callId, outputOf(item['output']))]
    case 'reasoning':
      return [...summaryParts(item['summary']), ...summaryParts(item['content'])]
    case 'compaction':
    case 'compaction_summary':
      // What it holds is encrypted.
      return [{ type: 'compaction', ...(asText(id) !== undefined && { id }) }]
    case 'item_reference':
      return [genericPart({ type, id })]
    default:
      return hostedToolParts(String(type), item)
  }
}

function outputOf(output: unknown): unknown {
  return Array.isArray(output) ? contentParts(output) : output
}

function summaryParts(summary: unknown): MessagePart[] {
  return (asArray(summary) ?? []).flatMap((part) => reasoningParts(asObject(part)?.['text']))
}

/** Tools that the provider runs: web and file search, code, images, MCP, computers, shells … What they were told and what they found is one item. */
function hostedToolParts(type: string, item: JsonObject): MessagePart[] {
  const details: Record<string, unknown> = { type }
  for (const [key, value] of Object.entries(item)) {
    if (!NO_CONTENT_OF_TOOLS.has(key)) details[key] = key === 'arguments' ? parsed(value) : withMedia(value)
  }
  // The image that a tool has made is in its item as base64.
  if (type === 'image_generation_call' && typeof item['result'] === 'string') {
    details['result'] = new Media(
      'image',
      asText(item['output_format']) && `image/${String(item['output_format'])}`,
      item['result'],
    )
  }
  const id = asText(item['call_id']) ?? asText(item['id'])
  const known = id === undefined ? {} : { id }
  if (type.endsWith('_output'))
    return [{ type: 'server_tool_call_response', ...known, server_tool_call_response: details }]
  const name = asText(item['name']) ?? type.replace(/_call$/, '')
  return [{ type: 'server_tool_call', ...known, name, server_tool_call: details }]
}
