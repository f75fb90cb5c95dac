/**
 * `gen_ai.provider.name` → the provider's id in genai-prices 0.1.8, for the well-known values of the GenAI conventions
 * for the names people use for them, and for those of hosts that we know. Absent are those that the list has no prices for: `ibm.watsonx.ai`,
 * `github_models`, `vercel_ai_gateway` … It lists `huggingface` by whoever answers behind it, which a call does not tell.
 */
const LISTED_PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['openai', 'openai'],
  ['azure.ai.openai', 'azure'],
  ['azure.ai.inference', 'azure'],
  ['azure', 'azure'],
  ['anthropic', 'anthropic'],
  ['aws.bedrock', 'aws'],
  ['cerebras', 'cerebras'],
  ['cloudflare', 'cloudflare'],
  ['cohere', 'cohere'],
  ['deepseek', 'deepseek'],
  ['fireworks', 'fireworks'],
  ['gcp.gemini', 'google'],
  ['gcp.gen_ai', 'google'],
  ['gcp.vertex_ai', 'google'],
  ['groq', 'groq'],
  ['mistral_ai', 'mistral'],
  ['mistral', 'mistral'],
  ['moonshot_ai', 'moonshotai'],
  ['novita', 'novita'],
  ['openrouter', 'openrouter'],
  ['ovhcloud', 'ovhcloud'],
  ['perplexity', 'perplexity'],
  ['together', 'together'],
  ['x_ai', 'x-ai'],
  ['zai', 'zai'],
])

/** The ids of all of them, each once. The list prices some models of a provider by another provider's entries. */
export const LISTED_PROVIDER_IDS: readonly string[] = [...new Set(LISTED_PROVIDERS.values())].toSorted()

/** The provider's id in the price list; `undefined` when the list does not know it. */
export function listedProvider(provider: string): string | undefined {
  return LISTED_PROVIDERS.get(provider)
}

/** Whether requests to the provider name a deployment, which says nothing about the model behind it. */
export function isDeploymentProvider(provider: string): boolean {
  return LISTED_PROVIDERS.get(provider) === 'azure'
}
