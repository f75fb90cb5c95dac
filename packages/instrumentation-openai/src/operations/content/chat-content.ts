import type { Message, MessagePart, RawContent, ToolDefinition } from '@tokenmeter/meter'
import { asArray, asObject, asText, type JsonObject } from '../../wire/json.ts'
import { UNFINISHED } from '../choices.ts'
import { ContentOfChoices } from './content-of-choices.ts'
import {
  base64Part,
  contentParts,
  finishReason,
  messages,
  reasoningParts,
  textParts,
  toolCallPart,
  toolResultPart,
} from './parts.ts'
import type { RowContent } from './row-content.ts'

/** Messages of `POST /chat/completions`. Instructions are part of the conversation there, so that they stay in it. */
export const chatContent: RowContent = {
  fields: ['inputMessages', 'outputMessages', 'toolDefinitions'],
  readRequest: (body) => ({
    inputMessages: (asArray(body['messages']) ?? []).flatMap((message) => inputMessage(asObject(message) ?? {})),
    toolDefinitions: [...toolDefinitions(body['tools']), ...toolDefinitions(body['functions'])],
  }),
  readAnswer: (body) => ({ outputMessages: choicesOf(body).map((choice) => outputMessage(asObject(choice) ?? {})) }),
  createStreamReader: () => new ContentOfChoices(),
}

function inputMessage(message: JsonObject): Message[] {
  const role = asText(message['role']) ?? 'user'
  const name = asText(message['name'])
  const isResult = role === 'tool' || role === 'function'
  const parts = isResult
    ? [toolResultPart(message['tool_call_id'] ?? name, resultOf(message['content']))]
    : messageParts(message)
  return messages(role, parts).map((found) => (name === undefined ? found : { ...found, name }))
}

/** A text stays one: that it reads as JSON is the business of whoever reads it. */
function resultOf(content: unknown): unknown {
  return Array.isArray(content) ? contentParts(content) : content
}

function messageParts(message: JsonObject): MessagePart[] {
  const { id: _, ...audio } = asObject(message['audio']) ?? {}
  return [
    ...reasoningParts(message['reasoning_content'] ?? message['reasoning']),
    ...contentParts(message['content']),
    ...textParts(message['refusal']),
    ...base64Part('audio', undefined, audio['data']),
    ...textParts(audio['transcript']),
    ...toolCallParts(message['tool_calls']),
    ...functionCallParts(message['function_call']),
  ]
}

function toolCallParts(calls: unknown): MessagePart[] {
  return (asArray(calls) ?? []).map((call) => {
    const { id, function: called, custom } = asObject(call) ?? {}
    const { name, arguments: args, input } = asObject(called ?? custom) ?? {}
    return toolCallPart(id, name, args ?? input)
  })
}

function functionCallParts(call: unknown): MessagePart[] {
  const { name, arguments: args } = asObject(call) ?? {}
  return name === undefined ? [] : [toolCallPart(undefined, name, args)]
}

const choicesOf = (body: unknown): readonly unknown[] => asArray(asObject(body)?.['choices']) ?? []

function outputMessage(choice: JsonObject): Message {
  return {
    role: 'assistant',
    parts: messageParts(asObject(choice['message']) ?? {}),
    finish_reason: finishReason(asText(choice['finish_reason']) ?? UNFINISHED),
  }
}

/** Tools of a request. Those of the provider have no name but their type; those of a server of one's own have its label. */
export function toolDefinitions(tools: unknown): ToolDefinition[] {
  return (asArray(tools) ?? []).map((tool) => {
    const fields = asObject(tool) ?? {}
    const type = asText(fields['type']) ?? 'function'
    const {
      name,
      description,
      parameters,
      input_schema: schema,
      server_label: label,
    } = {
      ...fields,
      ...asObject(fields['function'] ?? fields['custom']),
    } as JsonObject
    return {
      type,
      name: asText(name) ?? asText(label) ?? type,
      ...(asText(description) !== undefined && { description }),
      ...((parameters ?? schema) !== undefined && { parameters: parameters ?? schema }),
    }
  })
}

/** Prompts and answers of `POST /completions`. Prompts in tokens are numbers, and not recorded. */
export const completionsContent: RowContent = {
  fields: ['inputMessages', 'outputMessages'],
  readRequest: ({ prompt, suffix }) => ({
    inputMessages: [...(asArray(prompt) ?? [prompt]), suffix].flatMap((text) => messages('user', textParts(text))),
  }),
  readAnswer: (body): RawContent => ({
    outputMessages: choicesOf(body).map((choice) => {
      const { text, finish_reason: reason } = asObject(choice) ?? {}
      return {
        role: 'assistant',
        parts: textParts(text),
        finish_reason: finishReason(asText(reason) ?? UNFINISHED),
      }
    }),
  }),
  createStreamReader: () => new ContentOfChoices(),
}
