import type { Estimate } from '@tokenmeter/meter'
import type { RequestTexts } from '../operations/row.ts'
import type { Texts } from '../wire/texts.ts'
import { tokensOfCharacters } from './characters.ts'
import { countTokens, loadEncoding } from './tokenizer.ts'

/** By what tokens are estimated where the provider tells no usage. */
export type EstimateSetting = 'characters' | 'gpt-tokenizer' | 'off'

/** Estimates what a stream consumed that told no usage. */
export class Estimator {
  readonly #hasTokenizer: boolean

  constructor(setting: Exclude<EstimateSetting, 'off'>) {
    this.#hasTokenizer = setting === 'gpt-tokenizer'
  }

  /** To be called when a call begins, so that nobody waits for a tokenizer when it ends. */
  prepare(model: string | undefined): void {
    if (this.#hasTokenizer) loadEncoding(model)
  }

  estimate(model: string | undefined, request: RequestTexts, written: Texts): Estimate {
    const input = this.#count(request.texts, model)
    const output = this.#count(written, model)
    return {
      inputTokens: Math.round(input.tokens) + request.overhead,
      outputTokens: Math.round(output.tokens),
      method: input.isExact && output.isExact ? 'gpt-tokenizer' : 'characters',
    }
  }

  #count(texts: Texts, model: string | undefined): { readonly tokens: number; readonly isExact: boolean } {
    const text = texts.text()
    const found = this.#hasTokenizer ? countTokens(text, model) : undefined
    if (!found) return { tokens: tokensOfCharacters(text) * texts.stretch, isExact: false }
    const { tokens, counted } = found
    const rest = counted === text ? 1 : tokensOfCharacters(text) / tokensOfCharacters(counted)
    return { tokens: tokens * rest * texts.stretch, isExact: true }
  }
}
