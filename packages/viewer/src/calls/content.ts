import { ATTRIBUTE } from '@tokenmeter/meter'
import type { Attributes, AttributeValue } from '../otlp/telemetry.ts'
import { FOREIGN } from './foreign-names.ts'
import { hasIndexedMessages, indexedMessages } from './indexed-messages.ts'

/** Attributes with what was said: to the model, by it, to tools and by them. */
const CONTENT: readonly string[] = [
  ATTRIBUTE.genAiSystemInstructions,
  ATTRIBUTE.genAiInputMessages,
  ATTRIBUTE.genAiOutputMessages,
  ATTRIBUTE.genAiToolCallArguments,
  ATTRIBUTE.genAiToolCallResult,
  ATTRIBUTE.genAiRetrievalQueryText,
  ...FOREIGN.input,
  ...FOREIGN.output,
]

/** Characters of one span that are searched; what is longer is found by its beginning only. */
const MOST_SEARCHED = 100_000

const NAMES: ReadonlySet<string> = new Set(CONTENT)

/** Most spans have none, and fewer attributes than there are names. */
function hasContent(attributes: Attributes): boolean {
  for (const name in attributes) if (NAMES.has(name)) return true
  return false
}

/** The texts of a span that a person may search for; empty where content is not captured, or where it is no span of AI. */
export function contentOf(attributes: Attributes): string {
  let content = ''
  for (const name of hasContent(attributes) ? CONTENT : []) {
    const value: AttributeValue | undefined = attributes[name]
    if (value === undefined) continue
    content += `${typeof value === 'string' ? value : JSON.stringify(value)}\n`
    if (content.length >= MOST_SEARCHED) break
  }
  if (!hasIndexedMessages(attributes)) return content.slice(0, MOST_SEARCHED)
  for (const { parts } of [...indexedMessages(attributes, 'input'), ...indexedMessages(attributes, 'output')]) {
    for (const part of parts) {
      const text = part.type === 'text' ? part.content : `${part.name} ${part.arguments}`
      if (!content.includes(text)) content += `${text}\n`
    }
    if (content.length >= MOST_SEARCHED) break
  }
  return content.slice(0, MOST_SEARCHED)
}
