import type { CallRequest, CallResponse, Operation } from '@tokenmeter/meter'
import { charactersOf } from './operations/speech.ts'
import type { Destination } from './provider.ts'
import { boundDeployment, defaultQueryOf } from './seam/client-facts.ts'
import type { RequestOptions } from './seam/shapes.ts'
import { asObject, asText } from './wire/json.ts'

/**
 * A request as Azure understands it: what is called its model is the name of a deployment, unless the client or an address
 * names the deployment. The request itself goes on unchanged.
 */
export function readAzureRequest(
  operation: Operation,
  request: CallRequest,
  client: object,
  { method, path, query, body }: RequestOptions,
  { url }: Destination,
): CallRequest {
  const deployment =
    deploymentInPath(path) ?? deploymentInPath(url?.pathname) ?? boundDeployment(client, method, path) ?? request.model
  const apiVersion =
    versionIn(query) ?? versionIn(defaultQueryOf(client)) ?? versionInText(path) ?? versionInText(url?.search)
  // A deployment may be one of `tts-1`, whatever it is called.
  const units = request.units ?? (operation === 'speech' ? charactersOf(asObject(body) ?? {}) : undefined)
  return {
    ...request,
    ...(units && { units }),
    ...(deployment !== undefined && { deployment, model: request.model ?? deployment }),
    ...(apiVersion !== undefined && { apiVersion }),
  }
}

/** `…/deployments/{}/chat/completions`; Cloudflare's gateway writes `…/azure-openai/{resource}/{deployment}`. */
const DEPLOYMENT = /\/(?:deployments|azure-openai\/[^/]+)\/([^/?#]+)/

function deploymentInPath(path: unknown): string | undefined {
  const name = typeof path === 'string' ? DEPLOYMENT.exec(path)?.[1] : undefined
  return name === undefined ? undefined : decoded(name)
}

const API_VERSION = 'api-version'

const versionIn = (query: unknown): string | undefined => asText(asObject(query)?.[API_VERSION])

function versionInText(address: unknown): string | undefined {
  const version = typeof address === 'string' ? /[?&]api-version=([^&#]+)/.exec(address)?.[1] : undefined
  return version === undefined ? undefined : decoded(version)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Azure's Responses API answers with the name of the deployment where the model should be
 * (https://learn.microsoft.com/en-us/answers/questions/5689396, 2026-11-24): nobody knows the model that served.
 */
const ECHOES_DEPLOYMENT: ReadonlySet<Operation> = new Set(['response', 'compaction'])

/** The response without a model that is none. */
export function withoutEcho(operation: Operation, request: CallRequest, response: CallResponse): CallResponse {
  if (!ECHOES_DEPLOYMENT.has(operation) || response.model !== request.deployment) return response
  const { model: _, ...rest } = response
  return rest
}
