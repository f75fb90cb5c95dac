import {
  type Attributes,
  type Context,
  type Histogram as SdkHistogram,
  type Meter,
  ValueType,
} from '@opentelemetry/api'
import { LocalHistogram, type LocalHistogramSnapshot } from './local-histogram.ts'

/** What a histogram is called and how it is divided. */
export interface HistogramDefinition {
  readonly name: string
  readonly unit: string
  readonly description: string
  readonly valueType: 'int' | 'double'
  readonly boundaries: readonly number[]
}

/**
 * A histogram that belongs to the SDK, so that the application's views apply, or is kept here where whoever built the SDK has said
 * that its readers fetch it: see `claimLocalHistograms`. Before there is a meter, what is recorded goes nowhere.
 */
export class Histogram {
  readonly #definition: HistogramDefinition
  #sdk: SdkHistogram | undefined
  #local: LocalHistogram | undefined

  constructor(definition: HistogramDefinition) {
    this.#definition = definition
  }

  bind(meter: Meter): void {
    const { name, unit, description, valueType, boundaries } = this.#definition
    this.#sdk = meter.createHistogram(name, {
      unit,
      description,
      valueType: valueType === 'int' ? ValueType.INT : ValueType.DOUBLE,
      advice: { explicitBucketBoundaries: [...boundaries] },
    })
  }

  keepHere(): void {
    this.#local ??= new LocalHistogram(this.#definition.boundaries)
  }

  /** @param attributes the same object for the same series. */
  record(value: number, attributes: Attributes, context?: Context): void {
    if (this.#local) this.#local.add(attributes, value)
    else this.#sdk?.record(value, attributes, context)
  }

  /** As `record`, for all that a call has measured of one series. */
  recordEach(values: readonly number[], attributes: Attributes, context?: Context): void {
    if (this.#local) this.#local.addEach(attributes, values)
    else for (const value of values) this.#sdk?.record(value, attributes, context)
  }

  snapshot(startTime: number): LocalHistogramSnapshot {
    const { name, unit, description, boundaries } = this.#definition
    return { name, unit, description, boundaries, startTime, points: this.#local?.points() ?? [] }
  }
}
