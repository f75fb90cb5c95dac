import type { JSX } from 'preact'
import { type Message, messagesOf, type Part } from '../messages.ts'
import { Value } from './json-view.tsx'

/** Marks that a scrubber leaves: `[EMAIL]`, `[REDACTED:email]`. */
const REDACTION = /(\[(?:REDACTED:)?[A-Z][A-Z0-9_:]{1,30}[a-z_]*\])/

/** A text in which what was scrubbed stands out. */
function Text({ text }: { text: string }): JSX.Element {
  return (
    <p class="text">
      {text
        .split(REDACTION)
        .map((piece, index) => (index % 2 === 1 ? <mark title="Removed before it was recorded">{piece}</mark> : piece))}
    </p>
  )
}

function PartView({ part }: { part: Part }): JSX.Element {
  switch (part.kind) {
    case 'text':
      return part.text.startsWith('data:') ? <Value value={part.text} /> : <Text text={part.text} />
    case 'reasoning':
      return (
        <details>
          <summary>reasoning</summary>
          <Text text={part.text} />
        </details>
      )
    case 'tool_call':
      return (
        <div class="tool">
          <strong>{part.name}</strong>
          <pre>{part.text}</pre>
        </div>
      )
    case 'tool_result':
      return (
        <div class="tool">
          <span class="quiet">result {part.name}</span>
          <pre>{part.text}</pre>
        </div>
      )
    case 'other':
      return (
        <span class="pill" title={part.text}>
          {part.name}
        </span>
      )
  }
}

/** What was said, by whom. */
export function Conversation({ attributes }: { attributes: Readonly<Record<string, unknown>> }): JSX.Element {
  const messages = messagesOf(attributes)
  if (messages.length === 0) {
    return (
      <p class="quiet">
        No content was recorded. That is the default; OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY asks
        for it.
      </p>
    )
  }
  return (
    <ol class="conversation">
      {messages.map((message: Message, index) => (
        <li key={index} class={message.role}>
          <h3>{message.role}</h3>
          {message.parts.map((part, at) => (
            <PartView key={at} part={part} />
          ))}
        </li>
      ))}
    </ol>
  )
}
