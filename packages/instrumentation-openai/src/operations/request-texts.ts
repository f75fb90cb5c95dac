import { asArray, asObject, type JsonObject } from '../wire/json.ts'
import { Texts } from '../wire/texts.ts'
import type { RequestTexts } from './row.ts'

/**
 * What OpenAI's chat format takes beside the texts: 3 tokens and a role for each message, 1 for a name, 3 for the beginning of the answer
 * (https://github.com/openai/openai-cookbook, "How to count tokens with tiktoken").
 */
const PER_MESSAGE = 4
const PER_NAME = 1
const PER_ANSWER = 3

/** Texts of a chat request. */
export function readChatTexts(body: JsonObject): RequestTexts {
  const texts = new Texts('\n')
  let overhead = PER_ANSWER
  for (const message of asArray(body['messages']) ?? []) {
    const { content, name, refusal, tool_calls: toolCalls } = asObject(message) ?? {}
    overhead += PER_MESSAGE
    if (typeof name === 'string') overhead += PER_NAME
    texts.add(name)
    addContent(texts, content)
    texts.add(refusal)
    addToolCalls(texts, toolCalls)
  }
  addJson(texts, body['tools'] ?? body['functions'])
  addJson(texts, asObject(body['response_format'])?.['json_schema'])
  return { texts, overhead }
}

/** Texts of a request for legacy completions. Prompts in tokens are already counted. */
export function readPromptTexts({ prompt, suffix }: JsonObject): RequestTexts {
  const texts = new Texts('\n')
  let overhead = 0
  for (const part of asArray(prompt) ?? [prompt]) {
    if (typeof part === 'number') overhead++
    else if (Array.isArray(part)) overhead += part.length
    else texts.add(part)
  }
  texts.add(suffix)
  return { texts, overhead }
}

/** Texts of a Responses request. */
export function readResponseTexts({ instructions, input, tools, text }: JsonObject): RequestTexts {
  const texts = new Texts('\n')
  let overhead = PER_ANSWER
  for (const item of [instructions, ...(asArray(input) ?? [input])]) {
    if (item === undefined || item === null) continue
    overhead += PER_MESSAGE
    if (typeof item === 'string') texts.add(item)
    else addItem(texts, asObject(item) ?? {})
  }
  addJson(texts, tools)
  addJson(texts, asObject(asObject(text)?.['format'])?.['schema'])
  return { texts, overhead }
}

function addItem(texts: Texts, item: JsonObject): void {
  addContent(texts, item['content'])
  addContent(texts, item['output'])
  texts.add(item['name'])
  texts.add(item['arguments'])
  texts.add(item['input'])
}

function addContent(texts: Texts, content: unknown): void {
  for (const part of asArray(content) ?? [content]) {
    texts.add(part)
    texts.add(asObject(part)?.['text'])
    texts.add(asObject(part)?.['refusal'])
  }
}

/** Names and arguments of functions that are called, whole or in pieces. */
export function addToolCalls(texts: Texts, calls: unknown): void {
  for (const call of asArray(calls) ?? []) {
    const { function: called, custom } = asObject(call) ?? {}
    const { name, arguments: given, input } = asObject(called ?? custom) ?? {}
    texts.add(name)
    texts.add(given)
    texts.add(input)
  }
}

/** A schema takes about as many tokens as its JSON. */
function addJson(texts: Texts, value: unknown): void {
  if (value !== undefined) texts.add(JSON.stringify(value))
}
