import { warnOnce } from '@tokenmeter/meter'
import { builtIn } from '../built-in.ts'

/** `OpenAI/JS 7.57.0`, `AzureOpenAI/JS 6.49.0`: what every client says of itself, unless the application changes it. */
const CLIENT_AGENT = /^(?:[A-Za-z]+)?OpenAI\/JS [\w.+-]+/

/** `fetch`, which v5 to v7 use, and `node:http`, which v4 does. */
const CHANNELS = ['undici:request:create', 'http.client.request.start'] as const

/**
 * Notices requests of an openai client while no client class has been handed over: then openai was loaded too early, or is part of a bundle, and
 * nothing is measured. That is said once, with what to do. It looks at one header of each request of the process, and is to be cut as
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
    const agent = agentOf((message as { readonly request?: unknown } | undefined)?.request)
    if (agent === undefined) return
    cut()
    warnOnce(
      'tripwire',
      `tokenmeter: a request of ${agent} is not measured, because openai was loaded before Tokenmeter, or is part of a bundle. Load Tokenmeter first, as in \`node --import @tokenmeter/node/register app.js\`, or hand a client to \`instrument(client)\` of @tokenmeter/instrumentation-openai.`,
    )
  }
  for (const channel of CHANNELS) channels?.subscribe(channel, look)
  return cut
}

interface UndiciRequest {
  /** Names and values in turn, or one text in old versions. */
  readonly headers?: unknown
}

interface HttpRequest {
  getHeader(name: string): unknown
}

function agentOf(request: unknown): string | undefined {
  if (typeof request !== 'object' || request === null) return undefined
  const header = isHttp(request) ? request.getHeader('user-agent') : undiciAgent(request)
  // node-fetch, which v4 uses, hands its headers over as lists.
  const agent: unknown = Array.isArray(header) ? header[0] : header
  return typeof agent === 'string' ? CLIENT_AGENT.exec(agent)?.[0] : undefined
}

const isHttp = (request: object): request is HttpRequest =>
  typeof (request as Partial<HttpRequest>).getHeader === 'function'

function undiciAgent({ headers }: UndiciRequest): unknown {
  if (typeof headers === 'string') return /^user-agent: *(.+)$/im.exec(headers)?.[1]
  if (!Array.isArray(headers)) return undefined
  const index = headers.findIndex((name, at) => at % 2 === 0 && String(name).toLowerCase() === 'user-agent')
  return index < 0 ? undefined : String(headers[index + 1])
}
