import { readFileSync } from 'node:fs'
import { hasOpenAIAttributes } from '../src/openai-attributes.ts'
import type { SemconvProfileName } from '../src/profile.ts'

interface AttributeUse {
  readonly requirement_level: string
}

/** Attributes of a signal, by name. */
export type AttributeUses = Readonly<Record<string, AttributeUse>>

/** The registry of the GenAI conventions, as far as the tests read it. */
export interface Registry {
  readonly attributes: Readonly<Record<string, { readonly type: string }>>
  readonly enums: Readonly<Record<string, readonly string[]>>
  readonly spans: Readonly<Record<string, { readonly kind: string; readonly attributes: AttributeUses }>>
  readonly span_refinements: Registry['spans']
  readonly events: Readonly<Record<string, { readonly attributes: AttributeUses }>>
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly instrument: string
        readonly unit: string
        readonly value_type: string
        readonly attributes: AttributeUses
      }
    >
  >
  readonly metric_refinements: Readonly<Record<string, { readonly ref: string; readonly attributes: AttributeUses }>>
}

const FILES: Readonly<Record<SemconvProfileName, string>> = {
  'v0.1.0': 'pre-v0.1.0.json',
  'v1.41': '2026-08-15-a685613a.json',
}

/** The registry that a profile follows. */
export function registryOf(profile: SemconvProfileName): Registry {
  return readJson(FILES[profile]) as Registry
}

/** Bucket boundaries by metric, which the registry does not have. */
export function bucketBoundaries(metric: string): readonly number[] | undefined {
  const { boundaries, metrics } = readJson('bucket-boundaries.json') as {
    boundaries: Readonly<Record<string, readonly number[]>>
    metrics: Readonly<Record<string, string>>
  }
  return boundaries[metrics[metric] ?? '']
}

const cached = new Map<string, unknown>()

function readJson(file: string): unknown {
  if (!cached.has(file)) cached.set(file, JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')))
  return cached.get(file)
}

/** What the registry says about one signal. */
export interface Defined {
  /** Names in the registry: of the signal, and of the refinement of OpenAI's where it applies. */
  readonly names: readonly string[]
  readonly attributes: AttributeUses
}

/** Operation → type of its span; whatever generates something is an inference. */
const SPAN_TYPES: Readonly<Record<string, RegExp>> = {
  embeddings: /^gen_ai\.(client\.embeddings|embeddings\.client)$/,
  retrieval: /^gen_ai\.retrieval\.client$/,
  fetch_response: /^gen_ai\.fetch_response\.client$/,
  execute_tool: /^gen_ai\.execute_tool\.internal$/,
  invoke_agent: /^gen_ai\.invoke_agent\.internal$/,
}
const INFERENCE = /^gen_ai\.(client\.inference|inference\.client)$/

/**
 * The span type of an operation, refined where the provider speaks OpenAI's dialect.
 *
 * @returns for operations that the registry has no word for nothing but what every call of a provider has: the attributes of inferences and
 * fetched responses, of which only the operation and the provider are required.
 */
export function definedSpan(registry: Registry, operation: string, provider: unknown): Defined & { kind: string } {
  const names = Object.keys(registry.spans)
  const type = names.find((name) => (SPAN_TYPES[operation] ?? INFERENCE).test(name)) ?? ''
  const definition = registry.spans[type]
  if (!definition) throw new Error(`the registry has no span type for ${operation}`)
  const refinement = hasOpenAIAttributes(String(provider)) ? openAIRefinement(registry, operation) : undefined
  const refined = refinement === undefined ? undefined : registry.span_refinements[refinement]
  const attributes = { ...definition.attributes, ...refined?.attributes }
  if (!registry.enums['gen_ai.operation.name']?.includes(operation)) {
    return { kind: definition.kind, names: [], attributes: optional(attributes) }
  }
  return { kind: definition.kind, names: refinement === undefined ? [type] : [type, refinement], attributes }
}

function openAIRefinement(registry: Registry, operation: string): string | undefined {
  if (operation !== 'fetch_response' && operation in SPAN_TYPES) return undefined
  const pattern = operation === 'fetch_response' ? /^openai\.fetch_response/ : /^openai\..*inference/
  return Object.keys(registry.span_refinements).find((name) => pattern.test(name))
}

const REQUIRED_OF_ALL: ReadonlySet<string> = new Set(['gen_ai.operation.name', 'gen_ai.provider.name'])

function optional(uses: AttributeUses): AttributeUses {
  const entries = Object.entries(uses).map(([name, use]) => {
    const isOptional = use.requirement_level === 'required' && !REQUIRED_OF_ALL.has(name)
    return [name, isOptional ? { requirement_level: 'recommended' } : use]
  })
  return Object.fromEntries(entries)
}

/** What the registry says about a point of a metric; `undefined` when it does not know the metric. */
export function definedMetric(registry: Registry, metric: string, provider: unknown): Defined | undefined {
  const definition = registry.metrics[metric]
  if (!definition) return undefined
  const refinement = hasOpenAIAttributes(String(provider))
    ? Object.entries(registry.metric_refinements).find(([, { ref }]) => ref === metric)
    : undefined
  if (!refinement) return { names: [metric], attributes: definition.attributes }
  const [name, { attributes }] = refinement
  return { names: [metric, name], attributes: { ...definition.attributes, ...attributes } }
}
