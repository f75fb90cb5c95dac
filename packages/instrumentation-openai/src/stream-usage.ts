import type { Server } from '@tokenmeter/meter'
import type { Destination } from './provider.ts'
import { findHost, hostKey } from './provider-names.ts'
import { asObject, type JsonObject } from './wire/json.ts'

/** Who is asked for the usage of a stream that the application did not ask it for. */
export interface StreamUsageOptions {
  /** Default `true`: hosts that are known to answer are asked. */
  readonly streamUsage?: boolean
  /** More hosts that are known to answer: `llm.internal`, or `llm.internal:8080` for one port only. Wrong ones are said once, and left out. */
  readonly streamUsageHosts?: readonly string[]
}

/** What `readStreamUsageHosts` takes, to end the sentence "must be …". */
export const STREAM_USAGE_HOSTS_FORM =
  'hosts, such as llm.internal:8080,gateway.example.com, or in code ["llm.internal:8080"]'

/**
 * Reads the option, or its form as one text with commas.
 *
 * @returns `undefined` when any of it makes no sense.
 */
export function readStreamUsageHosts(value: unknown): readonly string[] | undefined {
  const hosts = typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value
  if (!Array.isArray(hosts)) return undefined
  const keys = hosts.filter((host) => host !== '').map((host) => (typeof host === 'string' ? hostKey(host) : undefined))
  return keys.every((key) => key !== undefined) ? keys : undefined
}

/** Hosts whose documentation has `stream_options.include_usage` (read 2026-11-24), beside Azure's. */
const KNOWN_HOSTS = ['api.openai.com', 'api.deepseek.com', 'api.groq.com'] as const

/**
 * The first version of Azure's API that takes the parameter for every model:
 * https://learn.microsoft.com/en-us/answers/questions/2007680 (2024-10).
 */
const FIRST_AZURE_VERSION = '2024-09-01'

/** How many hosts, or deployments, are remembered to refuse the question. */
const MAX_REMEMBERED = 1000

/** What a host has made of the question so far. */
type Verdict = 'accepts' | 'refuses' | 'refuses something else'

/** A request that asks for its usage although the application did not. */
export class UsageQuestion {
  /** What is sent in place of the application's body. */
  readonly body: JsonObject
  /** `false` once the question has been withdrawn: the application's own request is repeated. */
  isOpen = true
  readonly #verdict: Verdict | undefined
  readonly #note: (verdict: Verdict) => void

  constructor(body: JsonObject, verdict: Verdict | undefined, note: (verdict: Verdict) => void) {
    this.body = { ...body, stream_options: { ...asObject(body['stream_options']), include_usage: true } }
    this.#verdict = verdict
    this.#note = note
  }

  /** The host answers the request, with the question or without. */
  answered(): void {
    this.#note(this.isOpen ? 'accepts' : 'refuses')
  }

  /** Whether the request is worth repeating as the application made it, after the host refused it with `error`. */
  repeatsAfter(error: unknown): boolean {
    if (!isRefusal(error)) return false
    const isNamed = namesTheQuestion(error)
    if (!this.isOpen || (!isNamed && this.#verdict !== undefined)) {
      if (!this.isOpen) this.#note('refuses something else')
      return false
    }
    this.isOpen = false
    if (isNamed) this.#note('refuses')
    return true
  }
}

/** Decides which streams are asked for their usage, and remembers who cannot take the question. */
export class StreamUsage {
  readonly #isOn: boolean
  readonly #hosts: ReadonlySet<string>
  readonly #verdicts = new Map<string, Verdict>()

  /** @param streamUsageHosts as `readStreamUsageHosts` reads them. */
  constructor({ streamUsage = true, streamUsageHosts = [] }: StreamUsageOptions = {}) {
    this.#isOn = streamUsage
    this.#hosts = new Set(streamUsageHosts)
  }

  /**
   * @param body of a chat or completion request.
   * @param apiVersion that the request names, at Azure.
   * @returns `undefined` when nothing is to be asked: the host is not known to take it, or the application has asked itself, or declined.
   */
  ask(body: unknown, destination: Destination, apiVersion: string | undefined): UsageQuestion | undefined {
    const { server, url } = destination
    if (!this.#isOn || !server || !url || !isPlain(body) || !leavesUsageOpen(body)) return undefined
    if (!this.#isListed(url, server.port) && !isKnown(server, destination, apiVersion)) return undefined
    const key = `${server.address}:${server.port} ${String(body['model'])}`
    const verdict = this.#verdicts.get(key)
    if (verdict === 'refuses') return undefined
    return new UsageQuestion(body, verdict, (found) => this.#note(key, found))
  }

  #isListed(url: URL, port: number): boolean {
    return this.#hosts.size > 0 && (findHost(url, port, (key) => this.#hosts.has(key) || undefined) ?? false)
  }

  #note(key: string, verdict: Verdict): void {
    if (this.#verdicts.size >= MAX_REMEMBERED && !this.#verdicts.has(key)) this.#verdicts.clear()
    this.#verdicts.set(key, verdict)
  }
}

/** A copy of anything but a plain object could differ from it. */
function isPlain(body: unknown): body is JsonObject {
  if (typeof body !== 'object' || body === null) return false
  const prototype: unknown = Object.getPrototypeOf(body)
  return (prototype === Object.prototype || prototype === null) && !('toJSON' in body)
}

/** A stream whose usage the application neither wants nor declines. Azure cannot tell it for answers from one's own data. */
function leavesUsageOpen(body: JsonObject): boolean {
  if (body['stream'] !== true || body['data_sources'] !== undefined) return false
  const options = body['stream_options'] ?? {}
  return isPlain(options) && options['include_usage'] === undefined
}

function isKnown({ address }: Server, { hasDeployments, url }: Destination, apiVersion: string | undefined): boolean {
  if (hasDeployments) return apiVersion === undefined ? isUndated(url) : apiVersion >= FIRST_AZURE_VERSION
  return KNOWN_HOSTS.some((host) => address === host || address.endsWith(`.${host}`))
}

/** Azure's `/openai/v1` goes without a version. */
const isUndated = (url: URL | undefined): boolean => /\/openai\/v1\/?$/.test(url?.pathname ?? '')

/** 400, or 422 as servers made with FastAPI answer to fields they do not know. */
function isRefusal(error: unknown): error is { readonly message?: unknown; readonly error?: unknown } {
  const status = (error as { readonly status?: unknown } | undefined)?.status
  return status === 400 || status === 422
}

function namesTheQuestion({ message, error }: { readonly message?: unknown; readonly error?: unknown }): boolean {
  return /stream_options|include_usage/.test(`${String(message)} ${JSON.stringify(error) ?? ''}`)
}

/** The chunk that only brings the usage that was asked for. */
export function isUsageChunk(chunk: JsonObject): boolean {
  const { choices, usage } = chunk
  return Array.isArray(choices) && choices.length === 0 && typeof usage === 'object' && usage !== null
}

/** Takes out what hosts add to every other chunk when they are asked for usage. */
export function withoutUsageField(chunk: { usage?: unknown }): void {
  if (chunk.usage === null) delete chunk.usage
}
