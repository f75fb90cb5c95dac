import { ATTRIBUTE } from '@tokenmeter/meter'
import { FOREIGN } from '../src/calls/foreign-names.ts'
import { indexedMessages } from '../src/calls/indexed-messages.ts'

/** A part of a message, as it is shown. */
export type Part =
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  | { readonly kind: 'tool_call' | 'tool_result' | 'other'; readonly name: string; readonly text: string }

/** A message of a conversation. */
export interface Message {
  readonly role: string
  readonly parts: readonly Part[]
}

type Json = Readonly<Record<string, unknown>>

/** The messages of a span: system instructions, what went in, what came out, in the shapes of the GenAI conventions; other shapes as text. */
export function messagesOf(attributes: Json): readonly Message[] {
  const system = parsed(attributes[ATTRIBUTE.genAiSystemInstructions])
  const instructions: readonly Message[] =
    system === undefined ? [] : [{ role: 'system', parts: listOf(system).map(partOf) }]
  const input = attributes[ATTRIBUTE.genAiInputMessages] ?? foreign(attributes, 'input')
  const output = attributes[ATTRIBUTE.genAiOutputMessages] ?? foreign(attributes, 'output')
  return [...instructions, ...readMessages(input, 'user'), ...readMessages(output, 'assistant')]
}

/** Messages that others wrote an attribute each say who spoke; else there is one text. */
function foreign(attributes: Json, side: 'input' | 'output'): unknown {
  const messages = indexedMessages(attributes, side)
  if (messages.length > 0) return messages
  const name = FOREIGN[side].find((candidate) => attributes[candidate] !== undefined)
  return name === undefined ? undefined : attributes[name]
}

function readMessages(value: unknown, role: string): readonly Message[] {
  const read = parsed(value)
  if (read === undefined) return []
  if (!Array.isArray(read)) return [{ role, parts: [{ kind: 'text', text: textOf(read) }] }]
  return read.map((message: unknown) => messageOf(message, role))
}

function messageOf(message: unknown, role: string): Message {
  if (typeof message !== 'object' || message === null) return { role, parts: [partOf(message)] }
  const { role: said, parts, content } = message as Json
  return { role: typeof said === 'string' ? said : role, parts: listOf(parts ?? content ?? message).map(partOf) }
}

function partOf(part: unknown): Part {
  if (typeof part !== 'object' || part === null) return { kind: 'text', text: textOf(part) }
  const { type, content, text, name, arguments: given, response, result, id } = part as Json
  switch (type) {
    case 'text':
    case 'refusal':
      return { kind: 'text', text: textOf(content ?? text) }
    case 'reasoning':
      return { kind: 'reasoning', text: textOf(content ?? text) }
    case 'tool_call':
      return { kind: 'tool_call', name: textOf(name), text: textOf(given) }
    case 'tool_call_response':
      return { kind: 'tool_result', name: textOf(id), text: textOf(response ?? result) }
    default:
      return { kind: 'other', name: typeof type === 'string' ? type : 'part', text: textOf(part) }
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value])

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}

/** Attributes hold JSON as text, or what it says. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
