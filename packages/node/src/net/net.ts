import type { Attributes, AttributeValue } from '@opentelemetry/api'
import {
  AI_ATTRIBUTE,
  ATTRIBUTE,
  CONTENT_FIELDS,
  countRedactions,
  EMBEDDING_INPUT_ATTRIBUTE,
  warnOnce,
} from '@tokenmeter/meter'
import type { Scrubber, ScrubOptions } from '@tokenmeter/scrub'
import { scrubModule } from '../scrub-module.ts'

/** Whose telemetry is scrubbed on its way out: `own`, what Tokenmeter makes; `all`, whoever made it. */
export type NetScope = 'own' | 'all'

/** Our instrumentation scopes, and the meter's. */
const OWN_SCOPE = /^@tokenmeter\//

/**
 * Attributes of ours that are left as they are: content was scrubbed before it was recorded, and once more would take long and find nothing; the server is the
 * one that is asked, whose address may be an IP.
 */
const LEFT_ALONE: ReadonlySet<string> = new Set([
  ...Object.values(CONTENT_FIELDS).map(({ attribute }) => attribute),
  EMBEDDING_INPUT_ATTRIBUTE,
  ATTRIBUTE.genAiToolCallArguments,
  ATTRIBUTE.genAiToolCallResult,
  ATTRIBUTE.serverAddress,
])

/** What the application says of whom its calls are for. It chose the words, and groups by them: only `all` changes them. */
export const ATTRIBUTION: ReadonlySet<string> = new Set([
  AI_ATTRIBUTE.feature,
  AI_ATTRIBUTE.tenant,
  AI_ATTRIBUTE.user,
  AI_ATTRIBUTE.session,
])

/** Fields of a line of the log that are left as they are: its own words and ids, and what `withAI` says. */
const LEFT_IN_LINES: ReadonlySet<string> = new Set([
  'timestamp',
  'level',
  'module',
  'trace_id',
  'span_id',
  'server_address',
])
const ATTRIBUTION_IN_LINES: ReadonlySet<string> = new Set(['feature', 'tenant', 'user', 'session'])

/** Ids of OpenAI's, and UUIDs: each is new, and nothing is ever found in them. They have nothing of the shape of a key or an address. */
const ID =
  /^(?:(?:resp|chatcmpl|cmpl|req|call|msg|modr|batch|video|fp|vs|file|conv)[_-][0-9a-z]{1,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** Short values come again and again: names of models, hosts, routes. */
const MAX_CACHED_LENGTH = 256
const MAX_CACHED = 2000

/** What `@tokenmeter/scrub` writes, and what is written where that cannot be loaded. */
const SCRUB_FAILED = '[SCRUB_FAILED]'

/** Finds what is personal or secret in telemetry that is about to leave, and takes it out. Fails closed, and never throws. */
export class ScrubbingNet {
  readonly scope: NetScope
  readonly #options: ScrubOptions | undefined
  #made: Scrubber | undefined
  readonly #cache = new Map<string, AttributeValue>()

  /** @param options of the scrubber, which is made when something is about to leave for the first time. */
  constructor(scope: NetScope, options?: ScrubOptions) {
    this.scope = scope
    this.#options = options
  }

  /** Whether telemetry of an instrumentation scope is scrubbed. */
  covers(scopeName: string): boolean {
    return this.scope === 'all' || OWN_SCOPE.test(scopeName)
  }

  text(text: string): string {
    return String(this.#cached('', text))
  }

  /** The same object where there was nothing to take out. */
  attributes<Values extends Attributes>(values: Values, scopeName: string): Values {
    const isOwn = OWN_SCOPE.test(scopeName)
    let changed: Record<string, unknown> | undefined
    for (const key in values) {
      if (isOwn && this.#isLeft(key)) continue
      const value: unknown = values[key]
      // Counts are counts, whatever number they look like.
      if (typeof value !== 'string' && typeof value !== 'object') continue
      const clean = this.value(key, value)
      if (clean !== value) (changed ??= { ...values })[key] = clean
    }
    return (changed ?? values) as Values
  }

  /** A line of the log of calls, before it is written. The same object where there was nothing to take out. */
  line<Line extends object>(line: Line): Line {
    let changed: Record<string, unknown> | undefined
    for (const [key, value] of Object.entries(line)) {
      if (LEFT_IN_LINES.has(key) || (this.scope === 'own' && ATTRIBUTION_IN_LINES.has(key))) continue
      const clean = typeof value === 'string' ? this.#cached(key, value) : value
      if (clean === value) continue
      changed ??= { ...(line as Record<string, unknown>) }
      changed[key] = clean
    }
    return (changed ?? line) as Line
  }

  /** @param key of the attribute, whose last word says what the value is: `http.request.header.authorization`. */
  value(key: string, value: unknown): unknown {
    const word = key.slice(key.lastIndexOf('.') + 1)
    if (typeof value === 'string') return this.#cached(word, value)
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return this.#texts(word, value)
    return typeof value === 'object' && value !== null ? this.#clean(word, value) : value
  }

  #texts(key: string, texts: readonly string[]): readonly unknown[] {
    const clean = texts.map((text) => this.#cached(key, text))
    return clean.every((text, index) => text === texts[index]) ? texts : clean
  }

  #isLeft(key: string): boolean {
    return LEFT_ALONE.has(key) || (this.scope === 'own' && ATTRIBUTION.has(key))
  }

  #cached(key: string, text: string): unknown {
    if (ID.test(text)) return text
    if (text.length > MAX_CACHED_LENGTH) return this.#clean(key, text)
    const id = `${key}\u0000${text}`
    const known = this.#cache.get(id)
    if (known !== undefined) return known
    const clean = this.#clean(key, text)
    if (this.#cache.size >= MAX_CACHED) this.#cache.clear()
    this.#cache.set(id, clean as AttributeValue)
    return clean
  }

  #clean(key: string, value: unknown): unknown {
    try {
      const { value: clean, counts } = this.#scrubber().scrubJsonWithCounts<Record<string, unknown>>({ [key]: value })
      for (const [dataClass, count] of Object.entries(counts)) countRedactions(dataClass, count)
      return typeof clean === 'string' ? clean : clean[key]
    } catch {
      return SCRUB_FAILED
    }
  }

  #scrubber(): Scrubber {
    return (this.#made ??= scrubModule().createScrubber({
      onProblem: ({ code, message }) => warnOnce(`net ${code}`, `tokenmeter: ${message}`),
      ...this.#options,
    }))
  }
}
