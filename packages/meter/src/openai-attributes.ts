import type { Provider } from './call.ts'

/**
 * The `openai.*` attributes belong to OpenAI's refinement of the GenAI conventions (v0.1.0), which no other provider's spans and metrics
 * have. Azure's wire fields are the same and mean the same.
 */
export function hasOpenAIAttributes(provider: Provider): boolean {
  return provider === 'openai' || provider === 'azure.ai.openai'
}
