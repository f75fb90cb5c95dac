import { chatChoice, chatCompletion, chatStream, DONE, sse } from './wire-answers.ts'
import type { Answer } from './wire-server.ts'

/** A call of a tool by the model. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  /** Made into JSON. */
  readonly args: unknown
}

/** An answer in which the model calls tools. */
export function toolCalls(...calls: readonly ToolCall[]): Answer {
  return chatCompletion({ choices: [chatChoice({ tool_calls: calls.map(onTheWire) }, 'tool_calls')] })
}

/** The same, streamed. */
export function toolCallStream(...calls: readonly ToolCall[]): Answer {
  const tool_calls = calls.map((call, index) => ({ index, ...onTheWire(call) }))
  const choices = [{ index: 0, delta: { role: 'assistant', tool_calls }, finish_reason: 'tool_calls' }]
  const chunk = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', choices }
  return chatStream([], { ending: [sse(chunk), DONE] })
}

function onTheWire({ id, name, args }: ToolCall): object {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(args) } }
}
