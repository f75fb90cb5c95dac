import type { Provider } from '@tokenmeter/meter'

/** Azure's value of `gen_ai.provider.name`, for every way of calling it. */
export const AZURE = 'azure.ai.openai'

/**
 * Domain → provider, for the domain and everything below it. A value of `gen_ai.provider.name` where the GenAI conventions have
 * one, else the provider's own name, small and with underscores, as price lists use it. The pages are where the providers document
 * their OpenAI-compatible APIs; that each host is in use was seen in public documentation or code on 2026-11-24.
 *
 * A gateway is named as a gateway: it may charge other prices than whoever answers behind it.
 */
export const PROVIDERS_BY_DOMAIN: ReadonlyMap<string, Provider> = new Map([
  ['api.openai.com', 'openai'],
  // https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle, and the same for the clouds of the US government and of China
  ['openai.azure.com', AZURE],
  ['services.ai.azure.com', AZURE],
  ['cognitiveservices.azure.com', AZURE],
  ['openai.azure.us', AZURE],
  ['services.ai.azure.us', AZURE],
  ['cognitiveservices.azure.us', AZURE],
  ['openai.azure.cn', AZURE],
  ['services.ai.azure.cn', AZURE],
  ['cognitiveservices.azure.cn', AZURE],
  // https://ai.google.dev/gemini-api/docs/openai
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  // https://cloud.ibm.com/apidocs/watsonx-ai
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  // https://docs.claude.com/en/api/openai-sdk
  ['api.anthropic.com', 'anthropic'],
  // https://api-docs.deepseek.com
  ['api.deepseek.com', 'deepseek'],
  // https://console.groq.com/docs/openai
  ['api.groq.com', 'groq'],
  // https://docs.mistral.ai/api
  ['api.mistral.ai', 'mistral_ai'],
  ['codestral.mistral.ai', 'mistral_ai'],
  // https://docs.perplexity.ai
  ['api.perplexity.ai', 'perplexity'],
  // https://docs.x.ai/docs/api-reference
  ['api.x.ai', 'x_ai'],
  // https://docs.cohere.com/docs/compatibility-api
  ['api.cohere.ai', 'cohere'],
  ['api.cohere.com', 'cohere'],
  // https://platform.moonshot.ai/docs
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.moonshot.cn', 'moonshot_ai'],
  // https://openrouter.ai/docs
  ['openrouter.ai', 'openrouter'],
  // https://docs.together.ai/docs/openai-api-compatibility
  ['api.together.xyz', 'together'],
  ['api.together.ai', 'together'],
  // https://docs.fireworks.ai/tools-sdks/openai-compatibility
  ['api.fireworks.ai', 'fireworks'],
  // https://inference-docs.cerebras.ai/resources/openai
  ['api.cerebras.ai', 'cerebras'],
  // https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope
  ['dashscope.aliyuncs.com', 'dashscope'],
  ['dashscope-intl.aliyuncs.com', 'dashscope'],
  ['dashscope-us.aliyuncs.com', 'dashscope'],
  // https://docs.sambanova.ai
  ['api.sambanova.ai', 'sambanova'],
  // https://docs.api.nvidia.com/nim/reference
  ['integrate.api.nvidia.com', 'nvidia'],
  // https://huggingface.co/docs/inference-providers, https://huggingface.co/docs/inference-endpoints
  ['router.huggingface.co', 'huggingface'],
  ['endpoints.huggingface.cloud', 'huggingface'],
  // https://docs.github.com/en/github-models
  ['models.github.ai', 'github_models'],
  ['models.inference.ai.azure.com', 'github_models'],
  // https://vercel.com/docs/ai-gateway/openai-compat
  ['ai-gateway.vercel.sh', 'vercel_ai_gateway'],
  // https://developers.cloudflare.com/ai-gateway; Workers AI: https://developers.cloudflare.com/workers-ai
  ['gateway.ai.cloudflare.com', 'cloudflare_ai_gateway'],
  ['api.cloudflare.com', 'cloudflare'],
  // https://docs.digitalocean.com/products/inference
  ['inference.do-ai.run', 'digitalocean'],
  ['agents.do-ai.run', 'digitalocean'],
  // https://novita.ai/docs
  ['api.novita.ai', 'novita'],
  // https://deepinfra.com/docs/openai_api
  ['api.deepinfra.com', 'deepinfra'],
  // https://docs.tokenfactory.nebius.com
  ['api.tokenfactory.nebius.com', 'nebius'],
  ['api.studio.nebius.com', 'nebius'],
  ['api.studio.nebius.ai', 'nebius'],
  // https://www.scaleway.com/en/docs/generative-apis
  ['api.scaleway.ai', 'scaleway'],
  ['ifr.fr-par.scaleway.com', 'scaleway'],
  // https://help.ovhcloud.com, "AI Endpoints"
  ['endpoints.kepler.ai.cloud.ovh.net', 'ovhcloud'],
  // https://docs.z.ai
  ['api.z.ai', 'zai'],
  // https://docs.ollama.com/cloud: Ollama's own service, not the server people run themselves
  ['ollama.com', 'ollama'],
])

/** `bedrock-runtime.<region>.amazonaws.com`, `bedrock-mantle.<region>.api.aws`: other hosts of AWS may be anybody's servers. */
const BEDROCK_HOST = /(?:^|\.)bedrock[a-z-]*\..*(?:amazonaws\.com|api\.aws)$/

/** `<region>-aiplatform.googleapis.com`, `aiplatform.eu.rep.googleapis.com`: https://docs.cloud.google.com/vertex-ai/docs/general/locations */
const VERTEX_HOST = /^(?:[a-z0-9-]+-)?aiplatform\.(?:[a-z0-9-]+\.rep\.)?googleapis\.com$/

/** What stands at the third place of a path of Cloudflare's gateway, where it passes a request on as it is: https://developers.cloudflare.com/ai-gateway/usage/providers */
const CLOUDFLARE_UPSTREAMS: ReadonlyMap<string | undefined, Provider> = new Map([
  ['openai', 'openai'],
  ['azure-openai', AZURE],
  ['groq', 'groq'],
  ['mistral', 'mistral_ai'],
  ['deepseek', 'deepseek'],
  ['perplexity-ai', 'perplexity'],
  ['grok', 'x_ai'],
  ['cerebras', 'cerebras'],
  ['openrouter', 'openrouter'],
  ['workers-ai', 'cloudflare'],
])

/** Who answers at this address, or `undefined` for hosts that nobody is known by: a port, `11434` say, is no proof of anything. */
export function providerOfUrl({ hostname, pathname }: URL): Provider | undefined {
  const host = withoutRootDot(hostname)
  if (BEDROCK_HOST.test(host)) return 'aws.bedrock'
  if (VERTEX_HOST.test(host)) return 'gcp.vertex_ai'
  const provider = providerOfDomain(host)
  if (provider !== 'cloudflare_ai_gateway') return provider
  return CLOUDFLARE_UPSTREAMS.get(pathname.split('/')[4]) ?? provider
}

/** `api.openai.com.` is `api.openai.com`, told with the dot of the root of all names. */
export function withoutRootDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname
}

function providerOfDomain(host: string): Provider | undefined {
  for (let domain = host; domain !== ''; domain = domain.slice(domain.indexOf('.') + 1)) {
    const provider = PROVIDERS_BY_DOMAIN.get(domain)
    if (provider !== undefined || !domain.includes('.')) return provider
  }
  return undefined
}
