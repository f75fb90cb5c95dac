import type { ClientLike } from './shapes.ts'

/** Client classes, and providers given to the plain one, that say by themselves who answers, whatever the address. */
export type ClientKind = 'azure' | 'bedrock' | 'vertex'

/** What kind of client this is; `undefined` for one that only its address tells about. By members, because class names do not survive a minifier. */
export function kindOf(client: ClientLike): ClientKind | undefined {
  // What is not there is not read: a proxy of the application's may throw at it.
  if ('apiVersion' in client && typeof client.apiVersion === 'string') return 'azure'
  if ('bedrockTokenProvider' in client) return 'bedrock'
  const { _provider: runtime } = '_provider' in client ? client : NOTHING
  const name = (runtime as { readonly name?: unknown } | null | undefined)?.name
  return name === 'bedrock' || name === 'vertex' ? name : undefined
}

const NOTHING: ClientLike = {}

/** Endpoints of which Azure's client puts a deployment into the path: `buildRequest` of `AzureOpenAI`, the same in v4 to v7. */
const DEPLOYMENT_PATHS: ReadonlySet<unknown> = new Set([
  '/completions',
  '/chat/completions',
  '/embeddings',
  '/audio/transcriptions',
  '/audio/translations',
  '/audio/speech',
  '/images/generations',
  '/images/edits',
  '/batches',
])

/** The deployment that the client asks in such a request whatever model it names, if it is bound to one. */
export function boundDeployment(client: ClientLike, method: unknown, path: unknown): string | undefined {
  if (method !== 'post' || !DEPLOYMENT_PATHS.has(path)) return undefined
  const { deploymentName, _deployment } = client
  const deployment = deploymentName ?? _deployment
  return typeof deployment === 'string' && deployment !== '' ? deployment : undefined
}

/** What the client adds to the query of every request. */
export function defaultQueryOf(client: ClientLike): unknown {
  const { _options: options } = client
  return (options as { readonly defaultQuery?: unknown } | null | undefined)?.defaultQuery
}
