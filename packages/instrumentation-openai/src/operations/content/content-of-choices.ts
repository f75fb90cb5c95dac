import type { MessagePart, RawContent } from '@tokenmeter/meter'
import { asArray, asObject, asText, type JsonObject } from '../../wire/json.ts'
import { UNFINISHED } from '../choices.ts'
import { finishReason, indexOf, reasoningParts, textParts, toolCallPart } from './parts.ts'
import type { ContentStreamReader } from './row-content.ts'
import { TextPieces } from './text-pieces.ts'

interface Choice {
  finishReason: string | undefined
  readonly tools: Map<number, { id?: unknown; name?: unknown }>
}

/** Puts together the choices of a stream of chat, or of legacy completions. A sound is told by its transcript. */
export class ContentOfChoices implements ContentStreamReader {
  readonly #choices = new Map<number, Choice>()
  readonly #texts = new TextPieces()

  read(chunk: JsonObject): void {
    for (const item of asArray(chunk['choices']) ?? []) {
      const choice = asObject(item)
      const index = indexOf(choice?.['index'])
      if (choice && index !== undefined) this.#read(choice, index)
    }
  }

  #read(choice: JsonObject, index: number): void {
    let known = this.#choices.get(index)
    if (!known) this.#choices.set(index, (known = { finishReason: undefined, tools: new Map() }))
    known.finishReason = asText(choice['finish_reason']) ?? known.finishReason
    const {
      content,
      refusal,
      reasoning_content: reasoning,
      reasoning: summary,
      audio,
      tool_calls: calls,
      function_call: call,
    } = asObject(choice['delta']) ?? {}
    this.#texts.add(`${index} text`, content ?? choice['text'])
    this.#texts.add(`${index} refusal`, refusal)
    this.#texts.add(`${index} reasoning`, reasoning ?? summary)
    this.#texts.add(`${index} audio`, asObject(audio)?.['transcript'])
    for (const piece of asArray(calls) ?? []) this.#readTool(asObject(piece) ?? {}, index, known)
    if (call !== undefined) this.#readTool({ function: call }, index, known)
  }

  #readTool(piece: JsonObject, choice: number, { tools }: Choice): void {
    const index = indexOf(piece['index'])
    if (index === undefined) return
    const { name, arguments: args, input } = asObject(piece['function'] ?? piece['custom']) ?? {}
    const known = tools.get(index) ?? {}
    tools.set(index, { id: piece['id'] ?? known.id, name: name ?? known.name })
    this.#texts.add(`${choice} tool ${index}`, args ?? input)
  }

  content(): RawContent {
    return {
      outputMessages: [...this.#choices].map(([index, choice]) => ({
        role: 'assistant',
        parts: this.#parts(index, choice),
        finish_reason: finishReason(choice.finishReason ?? UNFINISHED),
      })),
    }
  }

  #parts(index: number, { tools }: Choice): MessagePart[] {
    const text = (what: string): string => this.#texts.text(`${index} ${what}`)
    return [
      ...reasoningParts(text('reasoning')),
      ...textParts(text('text')),
      ...textParts(text('refusal')),
      ...textParts(text('audio')),
      ...[...tools].map(([tool, { id, name }]) => toolCallPart(id, name, text(`tool ${tool}`))),
    ]
  }
}
