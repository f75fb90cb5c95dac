import { type Histogram, type Meter, ValueType } from '@opentelemetry/api'
import type { BoundedValues } from './bounded-values.ts'
import { ATTRIBUTE, type MetricDefinition } from './generated/gen-ai.ts'
import { type GenAiRow, GenAiRows, type TokenTotal } from './gen-ai-row.ts'
import { LocalHistogram, type LocalHistogramSnapshot } from './local-histogram.ts'
import type { Modality } from './modality.ts'
import type { SemconvProfile } from './profile.ts'
import type { Cell } from './series.ts'

/** What `# HELP` says; the registry has no descriptions of its own. */
const DESCRIPTION = 'Metric of the OpenTelemetry GenAI semantic conventions'

/** The histograms of a profile, once there is a meter to create them. */
export interface GenAiHistograms {
  readonly inferenceDuration: Histogram
  readonly embeddingsDuration: Histogram
  readonly timeToFirstChunk: Histogram
  readonly timePerOutputChunk: Histogram
  readonly inferenceInput?: Histogram
  readonly inferenceOutput?: Histogram
  readonly embeddingsInput?: Histogram
  readonly tokenUsage?: Histogram
}

/** The `gen_ai.*` client metrics of one profile: usage counters kept in cells, histograms left to the SDK. */
export class GenAiInstruments {
  readonly profile: SemconvProfile
  readonly rows: GenAiRows
  readonly #counters: Readonly<Record<TokenTotal, Cell[]>> = {
    input: [],
    output: [],
    cacheRead: [],
    cacheWrite: [],
    reasoning: [],
  }
  /** Where the gaps between chunks go once a reader has said that it fetches them from here: see `claimLocalHistograms`. */
  readonly chunkGaps: LocalHistogram
  /** Absent until `bind`: what is recorded before goes nowhere, as with any SDK that is not there yet. */
  histograms: GenAiHistograms | undefined

  constructor(profile: SemconvProfile, models: BoundedValues, errorTypes: BoundedValues) {
    this.profile = profile
    this.rows = new GenAiRows(models, errorTypes)
    this.chunkGaps = new LocalHistogram(profile.timePerOutputChunk.boundaries ?? [])
  }

  /** Adds to a usage counter of the row. */
  add(row: GenAiRow, total: TokenTotal, modality: Modality, tokens: number): void {
    let cell = row.cells[total][modality]
    if (!cell) {
      cell = { attributes: { ...row.refined, [ATTRIBUTE.genAiTokenModality]: modality }, value: 0 }
      row.cells[total][modality] = cell
      this.#counters[total].push(cell)
    }
    cell.value += tokens
  }

  snapshotChunkGaps(startTime: number): LocalHistogramSnapshot {
    const { name, unit } = this.profile.timePerOutputChunk
    const { boundaries } = this.chunkGaps
    return { name, unit, description: DESCRIPTION, boundaries, startTime, points: this.chunkGaps.points() }
  }

  bind(meter: Meter): void {
    const { duration, timeToFirstChunk, timePerOutputChunk, tokens, legacyTokenUsage } = this.profile
    const inferenceDuration = histogram(meter, duration.inference)
    this.histograms = {
      inferenceDuration,
      embeddingsDuration:
        duration.embeddings === duration.inference ? inferenceDuration : histogram(meter, duration.embeddings),
      timeToFirstChunk: histogram(meter, timeToFirstChunk),
      timePerOutputChunk: histogram(meter, timePerOutputChunk),
      ...(tokens && {
        inferenceInput: histogram(meter, tokens.perCall.inferenceInput),
        inferenceOutput: histogram(meter, tokens.perCall.inferenceOutput),
        embeddingsInput: histogram(meter, tokens.perCall.embeddingsInput),
      }),
      ...(legacyTokenUsage && { tokenUsage: histogram(meter, legacyTokenUsage) }),
    }
    if (!tokens) return
    for (const total of Object.keys(this.#counters) as TokenTotal[]) {
      counter(meter, tokens.counters[total], this.#counters[total])
    }
  }
}

function histogram(meter: Meter, { name, unit, valueType, boundaries }: MetricDefinition): Histogram {
  return meter.createHistogram(name, {
    unit,
    description: DESCRIPTION,
    valueType: valueType === 'int' ? ValueType.INT : ValueType.DOUBLE,
    ...(boundaries && { advice: { explicitBucketBoundaries: [...boundaries] } }),
  })
}

function counter(meter: Meter, { name, unit }: MetricDefinition, cells: readonly Cell[]): void {
  const instrument = meter.createObservableCounter(name, { unit, description: DESCRIPTION, valueType: ValueType.INT })
  instrument.addCallback((result) => {
    for (const cell of cells) result.observe(cell.value, cell.attributes)
  })
}
