import { alertOnce, builtIn } from '@tokenmeter/meter'
import { notMeasured } from './client-version.ts'

/** `OpenAI/JS 7.57.0`, `AzureOpenAI/JS 6.49.0`: what every client says of itself, unless the application changes it. */
const CLIENT_AGENT = /^(?:[A-Za-z]+)?OpenAI\/JS [\w.+-]+/

/** What openai 3 says of itself, which has nothing that could be watched. */
const OLD_AGENT = /^OpenAI\/NodeJS\/([\w.+-]+)/

/**
 * The version that clients made with the same generator say of themselves, whatever a minifier or a subclass has made of their name. Others
 * that speak to the same paths (Groq's, Together's, Cerebras' …) are below 4, in November 2026.
 */
const CLIENT_VERSION = /^(?:[4-9]|\d\d)\.\d+\.\d/

/** Paths that cost money and that only openai clients of such a version ask. */
const CLIENT_PATH = /\/(?:(?:chat\/)?completions|responses|embeddings|moderations|images\/\w+|audio\/\w+)(?:\?|$)/

/** `fetch`, which v5 to v7 use, and `node:http`, which v4 does. */
const CHANNELS = ['undici:request:create', 'http.client.request.start'] as const

/**
 * Notices requests of an openai client while no client class has been handed over: then openai was loaded too early, or is part of a bundle, and
 * nothing is measured. That is said once, with what to do. It looks at the headers of each request of the process, and is to be cut as
 * soon as a class is there.
 *
 * @returns how to cut it.
 */
export function setTripwire(): () => void {
  const channels = builtIn('node:diagnostics_channel')
  const cut = (): void => {
    for (const channel of CHANNELS) channels?.unsubscribe(channel, look)
  }
  const look = (message: unknown): void => {
    const warning = warningOf((message as { readonly request?: unknown } | undefined)?.request)
    if (warning === undefined) return
    cut()
    alertOnce(warning, warning)
  }
  for (const channel of CHANNELS) channels?.subscribe(channel, look)
  return cut
}

interface UndiciRequest {
  readonly path?: unknown
  /** Names and values in turn, or one text in old versions. */
  readonly headers?: unknown
}

interface HttpRequest {
  readonly path?: unknown
  getHeader(name: string): unknown
}

function warningOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const old = OLD_AGENT.exec(headerOf(request, 'user-agent') ?? '')?.[1]
  if (old !== undefined) return notMeasured(old)
  const client = clientOf(request)
  if (client === undefined) return undefined
  return `tokenmeter: a request of ${client} is not measured, because openai was loaded before Tokenmeter, or is part of a bundle. Load Tokenmeter first, as in \`node --import @tokenmeter/node/register app.js\`, and keep openai out of bundles, or hand a client to \`instrument(client)\` of @tokenmeter/instrumentation-openai.`
}

/** What a request says of the openai client that sends it; `undefined` when it is somebody else's. */
function clientOf(request: object): string | undefined {
  const agent = CLIENT_AGENT.exec(headerOf(request, 'user-agent') ?? '')?.[0]
  if (agent !== undefined) return agent
  if (headerOf(request, 'x-stainless-lang') !== 'js') return undefined
  const { path } = request as UndiciRequest
  const version = headerOf(request, 'x-stainless-package-version') ?? ''
  return typeof path === 'string' && CLIENT_PATH.test(path) && CLIENT_VERSION.test(version)
    ? `openai ${version}`
    : undefined
}

function headerOf(request: object, name: string): string | undefined {
  const header = isHttp(request) ? request.getHeader(name) : undiciHeader(request, name)
  // node-fetch, which v4 uses, hands its headers over as lists.
  const value: unknown = Array.isArray(header) ? header[0] : header
  return typeof value === 'string' ? value : undefined
}

const isHttp = (request: object): request is HttpRequest =>
  typeof (request as Partial<HttpRequest>).getHeader === 'function'

function undiciHeader({ headers }: UndiciRequest, name: string): unknown {
  if (typeof headers === 'string') return new RegExp(`^${name}: *(.+)$`, 'im').exec(headers)?.[1]
  if (!Array.isArray(headers)) return undefined
  const index = headers.findIndex((text, at) => at % 2 === 0 && String(text).toLowerCase() === name)
  return index < 0 ? undefined : String(headers[index + 1])
}
