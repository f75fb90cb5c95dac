import { AI_ATTRIBUTE } from '../attributes.ts'
import { ATTRIBUTE } from '../generated/gen-ai.ts'

/**
 * A part of a message, in the schemas of the GenAI conventions (`gen-ai-input-messages.json` and its sisters): `text`, `reasoning`, `tool_call`,
 * `tool_call_response`, `server_tool_call`, `uri`, `file`, `blob`, `generic` … Fields that say nothing are left out.
 */
export interface MessagePart {
  readonly type: string
  readonly [field: string]: unknown
}

/** A message of a conversation, by the same schemas. */
export interface Message {
  /** `system`, `developer`, `user`, `assistant`, `tool`; `omitted` stands for older messages that the cap left no room for. */
  readonly role: string
  readonly parts: readonly MessagePart[]
  readonly name?: string
  /** Of output messages: `stop`, `length`, `content_filter`, `tool_call` … */
  readonly finish_reason?: string
}

/** A tool that the model was offered: `type` and `name`; more where the operator wants schemas. */
export interface ToolDefinition {
  readonly type: string
  readonly name: string
  readonly [field: string]: unknown
}

/** A document that a search found. */
export interface RetrievedDocument {
  readonly id?: string
  readonly score?: number
  readonly [field: string]: unknown
}

/** What an exception said. */
export interface ExceptionText {
  readonly message: string
  readonly stacktrace?: string
}

/**
 * What was asked and answered, in words. On a `Call` only where capture is on, and then without what the scrubber knows as personal or secret, and
 * within the caps.
 */
export interface Content {
  readonly systemInstructions?: readonly MessagePart[]
  readonly inputMessages?: readonly Message[]
  readonly outputMessages?: readonly Message[]
  readonly toolDefinitions?: readonly ToolDefinition[]
  readonly retrievalQuery?: string
  readonly retrievalDocuments?: readonly RetrievedDocument[]
  readonly exception?: ExceptionText
  /** Something was longer than its cap, and is cut or left out. */
  readonly isTruncated?: true
  /** Where a `contentHook` has stored all of it; the rest is not here then. */
  readonly reference?: string
}

/** Content as an endpoint gave it: nothing taken out, nothing cut. It never leaves the process. */
export type RawContent = Omit<Content, 'isTruncated' | 'reference'>

/** A part of content. */
export type ContentField = Exclude<keyof RawContent, 'exception'>

/** One row of `CONTENT_FIELDS`. */
export interface ContentFieldDefinition {
  readonly attribute: string
  readonly meaning: string
  /** Whether the event of the conventions has it, too; spans do in any case. */
  readonly isOnEvent: boolean
}

/** Every part of content and where it goes. The sinks write by this table, and `docs/privacy.md` is made from it. */
export const CONTENT_FIELDS: Readonly<Record<ContentField, ContentFieldDefinition>> = {
  systemInstructions: {
    attribute: ATTRIBUTE.genAiSystemInstructions,
    meaning: 'instructions that are apart from the conversation',
    isOnEvent: true,
  },
  inputMessages: {
    attribute: ATTRIBUTE.genAiInputMessages,
    meaning: 'what was sent: texts, tool calls and their results, reasoning, media as digests',
    isOnEvent: true,
  },
  outputMessages: {
    attribute: ATTRIBUTE.genAiOutputMessages,
    meaning:
      'what was answered, a message for each choice: texts, refusals, reasoning, tool calls with their arguments',
    isOnEvent: true,
  },
  toolDefinitions: {
    attribute: ATTRIBUTE.genAiToolDefinitions,
    meaning: 'type and name of each tool; description and parameters with `captureToolSchemas`',
    isOnEvent: true,
  },
  retrievalQuery: {
    attribute: ATTRIBUTE.genAiRetrievalQueryText,
    meaning: 'what a vector store was searched for',
    isOnEvent: false,
  },
  retrievalDocuments: {
    attribute: ATTRIBUTE.genAiRetrievalDocuments,
    meaning: 'id, score, file name and text of what was found',
    isOnEvent: false,
  },
}

/** Embeddings have no attribute for their input in the conventions: it is in one of ours. */
export const EMBEDDING_INPUT_ATTRIBUTE: string = AI_ATTRIBUTE.inputMessages
