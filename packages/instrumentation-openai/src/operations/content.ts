import type { RequestParameters } from '@tokenmeter/meter'
import { asObject } from '../wire/json.ts'

const TEXT_PARTS: ReadonlySet<unknown> = new Set(['text', 'input_text', 'output_text', 'refusal', 'summary_text'])

/** Whether message content is nothing but text: a string, nothing, or parts that are all text. */
export function isTextContent(content: unknown): boolean {
  if (!Array.isArray(content)) return typeof content !== 'object' || content === null
  return content.every((part) => typeof part === 'string' || TEXT_PARTS.has(asObject(part)?.['type']))
}

/** `gen_ai.output.type` for a requested text format. */
export function outputTypeOf(format: unknown): RequestParameters['outputType'] {
  const type = asObject(format)?.['type']
  if (type === 'json_object' || type === 'json_schema') return 'json'
  return type === 'text' ? 'text' : undefined
}
