import type { Provider, Server } from '@tokenmeter/meter'
import type { ClientLike } from './seam/shapes.ts'

/** Who a client talks to. */
export interface Destination {
  readonly provider: Provider
  readonly server?: Server
}

const AZURE = 'azure.ai.openai'

/** Ends of host names → provider, in the words of the GenAI conventions. */
const PROVIDERS_BY_HOST: readonly (readonly [suffix: string, provider: Provider])[] = [
  ['.openai.azure.com', AZURE],
  ['.services.ai.azure.com', AZURE],
  ['.cognitiveservices.azure.com', AZURE],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['.ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  ['api.anthropic.com', 'anthropic'],
  ['api.deepseek.com', 'deepseek'],
  ['api.groq.com', 'groq'],
  ['api.mistral.ai', 'mistral_ai'],
  ['api.perplexity.ai', 'perplexity'],
  ['api.x.ai', 'x_ai'],
  ['api.cohere.ai', 'cohere'],
  ['api.cohere.com', 'cohere'],
  ['api.moonshot.ai', 'moonshot_ai'],
  ['api.moonshot.cn', 'moonshot_ai'],
]

/** `bedrock-runtime.<region>.amazonaws.com`, `bedrock-mantle.<region>.api.aws`: other hosts of AWS may be anybody's servers. */
const BEDROCK_HOST = /(?:^|\.)bedrock[a-z-]*\..*(?:amazonaws\.com|api\.aws)$/

/** What the client takes for a whole URL, and does not put behind its base URL. */
const WHOLE_URL = /^[a-z][a-z0-9+.-]*:/i

const destinations = new WeakMap<object, { readonly baseURL: unknown; readonly destination: Destination }>()

/**
 * The class of the client comes first, because Azure and Bedrock may hide behind any domain; then the host. Compatible servers
 * that nobody has a name for speak OpenAI's language and are `openai`, told apart by their address.
 *
 * @param path of the request: a whole URL goes where it says.
 */
export function destinationOf(client: object, path?: unknown): Destination {
  const baseURL = typeof path === 'string' && WHOLE_URL.test(path) ? path : (client as ClientLike).baseURL
  const known = destinations.get(client)
  if (known && known.baseURL === baseURL) return known.destination
  const url = parseUrl(baseURL)
  const destination: Destination = {
    provider: providerOfClass(client) ?? providerOfHost(url?.hostname ?? ''),
    ...(url && { server: { address: url.hostname, port: portOf(url) } }),
  }
  destinations.set(client, { baseURL, destination })
  return destination
}

/** Azure's deployment, where the client itself is bound to one. */
export function deploymentOf(client: object): string | undefined {
  const { deploymentName, _deployment } = client as ClientLike
  const deployment = deploymentName ?? _deployment
  return typeof deployment === 'string' ? deployment : undefined
}

/** Only `AzureOpenAI` has an API version; its class name would not survive a minifier. */
function providerOfClass(client: object): Provider | undefined {
  if (typeof (client as ClientLike).apiVersion === 'string') return AZURE
  return client.constructor.name === 'BedrockOpenAI' ? 'aws.bedrock' : undefined
}

function providerOfHost(host: string): Provider {
  if (BEDROCK_HOST.test(host)) return 'aws.bedrock'
  return PROVIDERS_BY_HOST.find(([suffix]) => host.endsWith(suffix))?.[1] ?? 'openai'
}

function parseUrl(value: unknown): URL | undefined {
  return typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port)
  return protocol === 'http:' ? 80 : 443
}
