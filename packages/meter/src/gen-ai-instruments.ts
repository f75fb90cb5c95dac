import { type Meter, ValueType } from '@opentelemetry/api'
import type { BoundedValues } from './bounded-values.ts'
import { ATTRIBUTE, type MetricDefinition } from './generated/gen-ai.ts'
import { type AddTokens, type GenAiRow, GenAiRows, type TokenTotal } from './gen-ai-row.ts'
import { Histogram } from './histogram.ts'
import type { Modality } from './modality.ts'
import type { OperationConvention } from './operation.ts'
import type { SemconvProfile } from './profile.ts'
import type { Cell } from './series.ts'

/** What `# HELP` says; the registry has no descriptions of its own. */
const DESCRIPTION = 'Metric of the OpenTelemetry GenAI semantic conventions'

/** The histograms of a profile. */
export interface GenAiHistograms {
  readonly duration: Readonly<Record<OperationConvention['metrics'], Histogram>>
  readonly timeToFirstChunk: Histogram
  readonly timePerOutputChunk: Histogram
  readonly inferenceInput?: Histogram
  readonly inferenceOutput?: Histogram
  readonly embeddingsInput?: Histogram
  readonly tokenUsage?: Histogram
}

/** The `gen_ai.*` client metrics of one profile. */
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
  readonly histograms: GenAiHistograms

  constructor(profile: SemconvProfile, models: BoundedValues, errorTypes: BoundedValues) {
    this.profile = profile
    this.rows = new GenAiRows(models, errorTypes)
    this.histograms = createHistograms(profile)
  }

  /** What adds to a usage counter of the row: made once, for all calls. */
  counter(row: GenAiRow, total: TokenTotal): AddTokens {
    return (row.counters[total] ??= this.#createCounter(row, this.#counters[total]))
  }

  #createCounter({ refined }: GenAiRow, all: Cell[]): AddTokens {
    const cells: Partial<Record<Modality, Cell>> = {}
    return (modality, tokens) => {
      let cell = cells[modality]
      if (!cell) {
        cell = { attributes: { ...refined, [ATTRIBUTE.genAiTokenModality]: modality }, value: 0 }
        cells[modality] = cell
        all.push(cell)
      }
      cell.value += tokens
    }
  }

  /** Every histogram once: a profile may use one for two purposes. */
  allHistograms(): ReadonlySet<Histogram> {
    const { duration, ...others } = this.histograms
    return new Set([...Object.values(duration), ...Object.values(others)])
  }

  bind(meter: Meter): void {
    for (const histogram of this.allHistograms()) histogram.bind(meter)
    const { tokens } = this.profile
    if (!tokens) return
    for (const total of Object.keys(this.#counters) as TokenTotal[]) {
      counter(meter, tokens.counters[total], this.#counters[total])
    }
  }
}

function createHistograms({
  duration,
  timeToFirstChunk,
  timePerOutputChunk,
  tokens,
  legacyTokenUsage,
}: SemconvProfile): GenAiHistograms {
  const durations = new Map<MetricDefinition, Histogram>()
  const durationOf = (definition: MetricDefinition): Histogram => {
    const histogram = durations.get(definition) ?? createHistogram(definition)
    durations.set(definition, histogram)
    return histogram
  }
  return {
    duration: {
      inference: durationOf(duration.inference),
      embeddings: durationOf(duration.embeddings),
      other: durationOf(duration.other),
    },
    timeToFirstChunk: createHistogram(timeToFirstChunk),
    timePerOutputChunk: createHistogram(timePerOutputChunk),
    ...(tokens && {
      inferenceInput: createHistogram(tokens.perCall.inferenceInput),
      inferenceOutput: createHistogram(tokens.perCall.inferenceOutput),
      embeddingsInput: createHistogram(tokens.perCall.embeddingsInput),
    }),
    ...(legacyTokenUsage && { tokenUsage: createHistogram(legacyTokenUsage) }),
  }
}

function createHistogram({ name, unit, valueType, boundaries = [] }: MetricDefinition): Histogram {
  return new Histogram({ name, unit, description: DESCRIPTION, valueType, boundaries })
}

function counter(meter: Meter, { name, unit }: MetricDefinition, cells: readonly Cell[]): void {
  const instrument = meter.createObservableCounter(name, { unit, description: DESCRIPTION, valueType: ValueType.INT })
  instrument.addCallback((result) => {
    for (const cell of cells) result.observe(cell.value, cell.attributes)
  })
}
