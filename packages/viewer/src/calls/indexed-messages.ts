import { INDEXED_MESSAGES, INDEXED_TEXT, type IndexedMessages } from './foreign-names.ts'

/** A part of a message, in the shape of the GenAI conventions. */
type IndexedPart =
  | { readonly type: 'text'; readonly content: string }
  | { readonly type: 'tool_call'; readonly name: string; readonly arguments: string }

/** A message that was written an attribute each. */
export interface IndexedMessage {
  /** Absent where nobody said. */
  readonly role: string | undefined
  readonly parts: readonly IndexedPart[]
}

interface Gathered {
  role: string | undefined
  readonly texts: string[]
  readonly tools: Map<string, { name: string; arguments: string }>
}

/** The messages of one side of a call, in their order, where others wrote them an attribute each; none where they did not. */
export function indexedMessages(
  attributes: Readonly<Record<string, unknown>>,
  side: IndexedMessages['side'],
): readonly IndexedMessage[] {
  const messages = new Map<number, Gathered>()
  for (const name in attributes) {
    const value = attributes[name]
    if (typeof value !== 'string' || !isIndexed(name)) continue
    for (const { names, side: whose } of INDEXED_MESSAGES) {
      const [, number, field] = (whose === side && names.exec(name)) || []
      if (number !== undefined && field !== undefined) gather(messageAt(messages, Number(number)), field, value)
    }
  }
  return [...messages].toSorted(([a], [b]) => a - b).map(([, message]) => messageOf(message))
}

/** Most names are no such, and most spans have none: a look at the first letters is enough. */
function isIndexed(name: string): boolean {
  return INDEXED_MESSAGES.some(({ beginning }) => name.startsWith(beginning))
}

/** Whether there are such messages at all. */
export function hasIndexedMessages(attributes: Readonly<Record<string, unknown>>): boolean {
  for (const name in attributes) if (isIndexed(name)) return true
  return false
}

function messageAt(messages: Map<number, Gathered>, number: number): Gathered {
  let message = messages.get(number)
  if (!message) messages.set(number, (message = { role: undefined, texts: [], tools: new Map() }))
  return message
}

function gather(message: Gathered, field: string, value: string): void {
  if (field === 'role') message.role = value
  const [isText, , tool, what] = INDEXED_TEXT.exec(field) ?? []
  if (isText === undefined) return
  if (tool === undefined) {
    message.texts.push(value)
    return
  }
  const call = message.tools.get(tool) ?? { name: '', arguments: '' }
  call[what === 'name' ? 'name' : 'arguments'] = value
  message.tools.set(tool, call)
}

function messageOf({ role, texts, tools }: Gathered): IndexedMessage {
  return {
    role,
    parts: [
      ...texts.map((content) => ({ type: 'text' as const, content })),
      ...Array.from(tools.values(), (tool) => ({ type: 'tool_call' as const, ...tool })),
    ],
  }
}
