import { createNoopMeter, type Meter, type MeterProvider, metrics } from '@opentelemetry/api'
import { DEFAULT_MAX_LABEL_VALUES } from './bounded-values.ts'
import { GenAiInstruments } from './gen-ai-instruments.ts'
import { Ledger } from './ledger.ts'
import type { LocalHistogramSnapshot } from './local-histogram.ts'
import { type SemconvProfileName, semconvProfile } from './profile.ts'
import { METER_SCOPE } from './version.ts'

/**
 * All instruments of one MeterProvider. There is exactly one set for each provider, whoever asks: two would send every
 * series twice.
 */
export class InstrumentSet {
  readonly ledger: Ledger
  readonly #genAi = new Map<SemconvProfileName, GenAiInstruments>()
  #meter: Meter | undefined

  constructor(maxLabelValues: number) {
    this.ledger = new Ledger(maxLabelValues)
  }

  genAi(profile: SemconvProfileName): GenAiInstruments {
    let instruments = this.#genAi.get(profile)
    if (!instruments) {
      instruments = new GenAiInstruments(semconvProfile(profile), this.ledger.models, this.ledger.errorTypes)
      if (this.#meter) instruments.bind(this.#meter)
      this.#genAi.set(profile, instruments)
    }
    return instruments
  }

  /** Since when a reader fetches local histograms, in milliseconds since the epoch; absent when none does. */
  claimedAt: number | undefined

  snapshotLocalHistograms(): LocalHistogramSnapshot[] {
    const startTime = this.claimedAt
    if (startTime === undefined) return []
    return [...this.#genAi.values()].map((instruments) => instruments.snapshotChunkGaps(startTime))
  }

  get isBound(): boolean {
    return this.#meter !== undefined
  }

  /** Hands the set to a provider; what the counters have counted so far comes along. */
  bind(provider: MeterProvider): void {
    this.#meter = provider.getMeter(METER_SCOPE.name, METER_SCOPE.version)
    this.ledger.bind(this.#meter)
    for (const instruments of this.#genAi.values()) instruments.bind(this.#meter)
  }
}

interface InstrumentSets {
  readonly byProvider: WeakMap<MeterProvider, InstrumentSet>
  /** Waits for the application's first provider. */
  unbound: InstrumentSet | undefined
}

/** On the global object, because the ESM and the CJS copy of this module must not each have their own series. */
const SETS = Symbol.for('tokenmeter.instrument-sets')

function instrumentSets(): InstrumentSets {
  const holder = globalThis as { [SETS]?: InstrumentSets }
  return (holder[SETS] ??= { byProvider: new WeakMap(), unbound: undefined })
}

/** Whether `provider` is none. By name, too, because the ESM and the CJS copy of the API each have their own no-op meter. */
export function isNoop(provider: MeterProvider): boolean {
  const meter = provider.getMeter(METER_SCOPE.name, METER_SCOPE.version)
  return meter === createNoopMeter() || meter.constructor.name === 'NoopMeter'
}

/**
 * The instruments of `provider`, by default the global one. While there is no real provider, counters count in a set that the
 * first real one takes over.
 */
export function instrumentSet(
  maxLabelValues: number,
  provider: MeterProvider = metrics.getMeterProvider(),
): InstrumentSet {
  const sets = instrumentSets()
  const known = sets.byProvider.get(provider)
  if (known) return known
  const set = sets.unbound ?? new InstrumentSet(maxLabelValues)
  if (isNoop(provider)) {
    sets.unbound = set
    return set
  }
  sets.unbound = undefined
  sets.byProvider.set(provider, set)
  set.bind(provider)
  return set
}

/**
 * For whoever builds the SDK's readers: promises that a reader of `provider` will add what the returned function gives to what it
 * collects. From then on values that come in bulk (the gaps between chunks) are kept here instead of going through the SDK one by one.
 */
export function claimLocalHistograms(provider: MeterProvider): () => LocalHistogramSnapshot[] {
  const set = instrumentSet(DEFAULT_MAX_LABEL_VALUES, provider)
  set.claimedAt ??= Date.now()
  return () => set.snapshotLocalHistograms()
}
