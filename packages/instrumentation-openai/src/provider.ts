import type { Provider, Server } from '@tokenmeter/meter'
import { AZURE, providerOfUrl, withoutRootDot } from './provider-hosts.ts'
import { namedProvider } from './provider-names.ts'
import { type ClientKind, kindOf } from './seam/client-facts.ts'
import type { ClientLike } from './seam/shapes.ts'

/** Who a client talks to. */
export interface Destination {
  readonly provider: Provider
  readonly server?: Server
  /** Whether requests name a deployment where others name a model: with Azure's client, or at an address of Azure's. */
  readonly hasDeployments: boolean
  /** As the client or the request has it; absent when it is no URL. */
  readonly url?: URL
}

/** What the client takes for a whole URL, and does not put behind its base URL. */
const WHOLE_URL = /^[a-z][a-z0-9+.-]*:/i

const NO_NAMES: ReadonlyMap<string, Provider> = new Map()

const PROVIDER_OF_KIND: Readonly<Record<ClientKind, Provider>> = {
  azure: AZURE,
  bedrock: 'aws.bedrock',
  vertex: 'gcp.vertex_ai',
}

interface Known {
  readonly baseURL: unknown
  readonly names: ReadonlyMap<string, Provider>
  readonly destination: Destination
}

const destinations = new WeakMap<object, Known>()

/**
 * What the operator says comes first; then the class of the client, because Azure and Bedrock may hide behind any domain; then
 * the host. Servers that nobody has a name for, local ones among them, speak OpenAI's language and are `openai`, as the GenAI
 * conventions have it for such clients: told apart by their address.
 *
 * @param path of the request: a whole URL goes where it says.
 * @param names providers by host, from `readProviderNames`.
 */
export function destinationOf(
  client: object,
  path?: unknown,
  names: ReadonlyMap<string, Provider> = NO_NAMES,
): Destination {
  const baseURL = typeof path === 'string' && WHOLE_URL.test(path) ? path : (client as ClientLike).baseURL
  const known = destinations.get(client)
  if (known && known.baseURL === baseURL && known.names === names) return known.destination
  const destination = resolve(kindOf(client), parseUrl(baseURL), names)
  destinations.set(client, { baseURL, names, destination })
  return destination
}

function resolve(
  kind: ClientKind | undefined,
  url: URL | undefined,
  names: ReadonlyMap<string, Provider>,
): Destination {
  const server = url && serverOf(url)
  const named = url && server ? namedProvider(names, url, server.port) : undefined
  const provider = named ?? (kind && PROVIDER_OF_KIND[kind]) ?? (url && providerOfUrl(url)) ?? 'openai'
  return {
    provider,
    hasDeployments: kind === 'azure' || provider === AZURE,
    ...(server && { server }),
    ...(url && { url }),
  }
}

/** The paths of Azure's Realtime API, in front of which a custom domain may stand; `api.openai.com` has `/v1/realtime`. */
const AZURE_REALTIME = /\/openai(?:\/v1)?\/realtime$/

/** Who a WebSocket talks to. Those of the Realtime API know their client no more, and only its URL tells. */
export function destinationOfSocket(
  client: object | undefined,
  url: URL,
  names: ReadonlyMap<string, Provider> = NO_NAMES,
): Destination {
  const isAzure = !client && providerOfUrl(url) === undefined && AZURE_REALTIME.test(url.pathname)
  return resolve(isAzure ? 'azure' : client && kindOf(client), url, names)
}

function parseUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const url = new URL(value)
  return url.hostname === '' ? undefined : url
}

/** The host without what belongs to URLs only: the brackets around an IPv6 address. */
function serverOf({ hostname, port, protocol }: URL): Server | undefined {
  const address = withoutRootDot(hostname).replace(/^\[(.*)\]$/, '$1')
  if (address === '') return undefined
  return { address, port: port === '' ? defaultPort(protocol) : Number(port) }
}

const defaultPort = (protocol: string): number => (protocol === 'http:' || protocol === 'ws:' ? 80 : 443)
