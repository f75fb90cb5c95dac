import type { CallResponse } from '@tokenmeter/meter'
import type { JsonObject } from '../wire/json.ts'
import type { Texts } from '../wire/texts.ts'
import { readCharge } from '../wire/usage.ts'
import { ChoiceTracker, readCompletionFacts } from './choices.ts'
import { addToolCalls } from './request-texts.ts'
import { type Answer, type Draft, put, type StreamReader } from './row.ts'

/** Reads the chunks of chat and legacy completions: both carry choices, and usage in a chunk at the end. */
export class CompletionStreamReader implements StreamReader {
  readonly #response: Draft<CallResponse> = {}
  readonly #choices = new ChoiceTracker()
  readonly #written: Texts | undefined
  #charge: ReturnType<typeof readCharge> | undefined

  constructor(written?: Texts) {
    this.#written = written
  }

  read(chunk: JsonObject): void {
    const { choices, usage } = chunk
    // Not simply the first chunk: Azure's is about its content filter and names no model.
    if (this.#response.model === undefined || usage) readCompletionFacts(chunk, this.#response)
    if (Array.isArray(choices)) {
      this.#choices.read(choices)
      if (this.#written) addWritten(this.#written, choices)
    }
    if (usage) this.#read(usage)
  }

  answer(): Answer {
    const response = { ...this.#response }
    put(response, 'finishReasons', this.#choices.reasons())
    return { response, ...this.#charge }
  }

  #read(usage: unknown): void {
    const charge = readCharge('chat_completion', usage)
    if (charge.usage ?? charge.reportedCost) this.#charge = charge
  }
}

/** All that a model wrote: answers, and what compatible servers send of its reasoning. */
function addWritten(written: Texts, choices: readonly unknown[]): void {
  for (const choice of choices as readonly (JsonObject | null | undefined)[]) {
    const delta = choice?.['delta'] as JsonObject | null | undefined
    if (typeof delta !== 'object' || delta === null) {
      written.add(choice?.['text'])
      continue
    }
    written.add(delta['content'])
    if (delta['reasoning_content'] !== undefined) written.add(delta['reasoning_content'])
    if (delta['refusal'] !== undefined) written.add(delta['refusal'])
    if (delta['tool_calls'] !== undefined) addToolCalls(written, delta['tool_calls'])
  }
}
