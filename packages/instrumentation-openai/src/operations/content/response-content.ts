import type { Message, MessagePart, RawContent } from '@tokenmeter/meter'
import { asObject, asText, type JsonObject } from '../../wire/json.ts'
import { UNFINISHED } from '../choices.ts'
import { finishReasonsOf, LAST_EVENTS } from '../response-end.ts'
import { toolDefinitions } from './chat-content.ts'
import { inputItems, outputParts } from './item-parts.ts'
import { contentParts, finishReason, indexOf, reasoningParts, textParts, toolCallPart } from './parts.ts'
import type { ContentStreamReader, RowContent } from './row-content.ts'
import { TextPieces } from './text-pieces.ts'

/** Items of `POST /responses`, over HTTP and over WebSockets. */
export const responseContent: RowContent = {
  fields: ['systemInstructions', 'inputMessages', 'outputMessages', 'toolDefinitions'],
  readRequest,
  readAnswer: (body) => ({ outputMessages: outputOf(asObject(body) ?? {}) }),
  createStreamReader: () => new ContentOfResponse(),
}

/** `GET /responses/{}`: the answer repeats what it was told. */
export const fetchedResponseContent: RowContent = {
  fields: ['systemInstructions', 'outputMessages', 'toolDefinitions'],
  readRequest: () => ({}),
  readAnswer: fetched,
  createStreamReader() {
    const reader = new ContentOfResponse(fetched)
    return { read: (event) => reader.read(event), content: () => reader.content() }
  },
}

/** `POST /responses/input_tokens`: nothing is answered but a number. */
export const countedContent: RowContent = {
  fields: ['systemInstructions', 'inputMessages', 'toolDefinitions'],
  readRequest,
  readAnswer: () => ({}),
}

/** `POST /responses/compact`: what is left of a conversation, most of it encrypted. */
export const compactionContent: RowContent = {
  fields: ['systemInstructions', 'inputMessages', 'outputMessages'],
  readRequest,
  readAnswer: (body) => ({ outputMessages: outputOf(asObject(body) ?? {}) }),
}

function readRequest({ instructions, input, tools }: JsonObject): RawContent {
  return {
    systemInstructions: instructionParts(instructions),
    inputMessages: inputItems(input),
    toolDefinitions: toolDefinitions(tools),
  }
}

function fetched(body: unknown): RawContent {
  const fields = asObject(body) ?? {}
  const { instructions, tools } = fields
  return {
    systemInstructions: instructionParts(instructions),
    outputMessages: outputOf(fields),
    toolDefinitions: toolDefinitions(tools),
  }
}

/** A text; in answers, where they came from a prompt of the provider's, a list of items. */
export function instructionParts(instructions: unknown): MessagePart[] {
  if (!Array.isArray(instructions)) return textParts(instructions)
  return instructions.flatMap((item) => contentParts(asObject(item)?.['content'])).filter(({ type }) => type === 'text')
}

function outputOf(body: JsonObject): Message[] {
  const parts = outputParts(body['output'])
  const [reason] = finishReasonsOf(body) ?? []
  if (parts.length === 0 && reason === undefined) return []
  // One that is still under way has come to no end that there is a word for.
  const stage = body['object'] === 'response.compaction' ? 'compaction' : (asText(body['status']) ?? UNFINISHED)
  return [{ role: 'assistant', parts, finish_reason: finishReason(reason ?? stage) }]
}

/** An item of an answer that is under way. */
interface Item {
  readonly type: unknown
  readonly id: unknown
  readonly name: unknown
}

/** Event → what its delta continues. */
const DELTAS: ReadonlyMap<unknown, 'text' | 'reasoning' | 'arguments'> = new Map([
  ['response.output_text.delta', 'text'],
  ['response.refusal.delta', 'text'],
  ['response.reasoning_text.delta', 'reasoning'],
  ['response.reasoning_summary_text.delta', 'reasoning'],
  ['response.function_call_arguments.delta', 'arguments'],
  ['response.custom_tool_call_input.delta', 'arguments'],
  ['response.mcp_call_arguments.delta', 'arguments'],
  ['response.code_interpreter_call_code.delta', 'arguments'],
])

/** The last event has all of an answer; of one that breaks off before, this keeps the pieces. */
class ContentOfResponse implements ContentStreamReader {
  readonly #items = new Map<number, Item>()
  readonly #texts = new TextPieces()
  readonly #readLast: (body: unknown) => RawContent
  #last: RawContent | undefined

  constructor(readLast: (body: unknown) => RawContent = responseContent.readAnswer) {
    this.#readLast = readLast
  }

  read(event: JsonObject): void {
    const { type } = event
    if (LAST_EVENTS.has(type)) {
      this.#last = this.#readLast(event['response'])
      return
    }
    const index = indexOf(event['output_index'])
    if (index === undefined) return
    if (type === 'response.output_item.added') this.#begin(index, asObject(event['item']) ?? {})
    const what = DELTAS.get(type)
    if (what === undefined) return
    if (!this.#items.has(index)) this.#begin(index, {})
    this.#texts.add(`${index} ${what}`, event['delta'])
  }

  #begin(index: number, { type, id, call_id: callId, name }: JsonObject): void {
    this.#items.set(index, { type, id: callId ?? id, name: name ?? type })
  }

  content(): RawContent {
    if (this.#last) return this.#last
    const parts = [...this.#items].flatMap(([index, item]) => this.#parts(index, item))
    if (parts.length === 0) return {}
    return { outputMessages: [{ role: 'assistant', parts, finish_reason: UNFINISHED }] }
  }

  #parts(index: number, { id, name }: Item): MessagePart[] {
    const text = (what: string): string => this.#texts.text(`${index} ${what}`)
    const args = text('arguments')
    return [
      ...reasoningParts(text('reasoning')),
      ...textParts(text('text')),
      ...(args === '' ? [] : [toolCallPart(id, asText(name), args)]),
    ]
  }
}
