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

/** Characters that are looked at for their messages; what is longer is searched as it is. */
const MOST_PARSED = 10 * MOST_SEARCHED

const NAMES: ReadonlySet<string> = new Set(CONTENT)

/** Most spans have none, and fewer attributes than there are names. */
function hasContent(attributes: Attributes): boolean {
  for (const name in attributes) if (NAMES.has(name)) return true
  return false
}

/** The texts of a span that a person may search for; empty where content is not captured, or where it is no span of AI. */
export function contentOf(attributes: Attributes): string {
  const isIndexed = hasIndexedMessages(attributes)
  if (!isIndexed && !hasContent(attributes)) return ''
  let content = ''
  for (const name of CONTENT) {
    const value: AttributeValue | undefined = attributes[name]
    if (value === undefined) continue
    content += `${typeof value === 'string' ? saidIn(value) : JSON.stringify(value)}\n`
    if (content.length >= MOST_SEARCHED) break
  }
  if (!isIndexed) return content.slice(0, MOST_SEARCHED)
  for (const { parts } of [...indexedMessages(attributes, 'input'), ...indexedMessages(attributes, 'output')]) {
    for (const part of parts) {
      const text = part.type === 'text' ? part.content : `${part.name} ${part.arguments}`
      if (!content.includes(text)) content += `${text}\n`
    }
    if (content.length >= MOST_SEARCHED) break
  }
  return content.slice(0, MOST_SEARCHED)
}

/** A message, or a part of one: as the GenAI conventions have them (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/), or as APIs do. */
interface Said {
  readonly parts?: unknown
  readonly content?: unknown
  readonly text?: unknown
}

/** Messages without what is in all of them: texts as they were said, anything else as JSON. What is no list of messages stays as it is. */
function saidIn(text: string): string {
  if (!text.startsWith('[{') || text.length > MOST_PARSED) return text
  try {
    return (JSON.parse(text) as readonly unknown[]).map(saidBy).join('\n')
  } catch {
    // Cut off, perhaps, where it was captured.
    return text
  }
}

function saidBy(said: unknown): string {
  const { parts, content, text } = (said ?? {}) as Said
  for (const inner of [parts, content, text]) {
    if (typeof inner === 'string') return inner
    if (Array.isArray(inner)) return inner.map(saidBy).join('\n')
  }
  return JSON.stringify(said)
}
