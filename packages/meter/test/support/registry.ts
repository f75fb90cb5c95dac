import { readFileSync } from 'node:fs'
import type { SemconvProfileName } from '../../src/index.ts'

interface AttributeUse {
  readonly requirement_level: string
}
type Attributes = Readonly<Record<string, AttributeUse>>

/** The registry of the GenAI conventions, as far as the tests read it. */
export interface Registry {
  readonly attributes: Readonly<Record<string, { readonly type: string }>>
  readonly enums: Readonly<Record<string, readonly string[]>>
  readonly spans: Readonly<Record<string, { readonly kind: string; readonly attributes: Attributes }>>
  readonly span_refinements: Registry['spans']
  readonly events: Readonly<Record<string, { readonly attributes: Attributes }>>
  readonly metrics: Readonly<
    Record<
      string,
      {
        readonly instrument: string
        readonly unit: string
        readonly value_type: string
        readonly attributes: Attributes
      }
    >
  >
  readonly metric_refinements: Readonly<Record<string, { readonly ref: string; readonly attributes: Attributes }>>
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

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../semconv/${file}`, import.meta.url), 'utf8'))
}
