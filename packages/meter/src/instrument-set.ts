import { createNoopMeter, type Meter, type MeterProvider, metrics } from '@opentelemetry/api'
import { DEFAULT_MAX_LABEL_VALUES } from './bounded-values.ts'
import { GenAiInstruments } from './gen-ai-instruments.ts'
import type { Histogram } from './histogram.ts'
import { type LabelBounds, Ledger } from './ledger.ts'
import type { LocalHistogramSnapshot } from './local-histogram.ts'
import { type SemconvProfileName, semconvProfile } from './profile.ts'
import { METER_SCOPE } from './version.ts'

/** The SDK takes 2,000 label sets of a metric unless readers or views say otherwise: OpenTelemetry specification, metrics SDK, "Cardinality limits". */
const DEFAULT_BOUNDS: LabelBounds = { maxLabelValues: DEFAULT_MAX_LABEL_VALUES, maxSeries: 2000 }

/**
 * All instruments of one MeterProvider. There is exactly one set for each provider, whoever asks: two would send every
 * series twice.
 */
export class InstrumentSet {
  readonly ledger: Ledger
  readonly #genAi = new Map<SemconvProfileName, GenAiInstruments>()
  #meter: Meter | undefined
  /** Milliseconds since the epoch. */
  #claimedAt: number | undefined

  constructor(bounds: LabelBounds) {
    this.ledger = new Ledger(bounds)
  }

  genAi(profile: SemconvProfileName): GenAiInstruments {
    let instruments = this.#genAi.get(profile)
    if (!instruments) {
      instruments = new GenAiInstruments(semconvProfile(profile), this.ledger.models, this.ledger.errorTypes)
      if (this.#meter) instruments.bind(this.#meter)
      if (this.#claimedAt !== undefined) keepHere(instruments.allHistograms())
      this.#genAi.set(profile, instruments)
    }
    return instruments
  }

  /** From now on histograms are kept here, for a reader that fetches them. */
  claimHistograms(): void {
    this.#claimedAt ??= Date.now()
    keepHere(this.#histograms())
  }

  snapshotHistograms(): LocalHistogramSnapshot[] {
    const startTime = this.#claimedAt ?? 0
    return this.#histograms().map((histogram) => histogram.snapshot(startTime))
  }

  #histograms(): Histogram[] {
    return [
      this.ledger.duration,
      ...[...this.#genAi.values()].flatMap((instruments) => [...instruments.allHistograms()]),
    ]
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

function keepHere(histograms: Iterable<Histogram>): void {
  for (const histogram of histograms) histogram.keepHere()
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
  bounds: Partial<LabelBounds> = {},
  provider: MeterProvider = metrics.getMeterProvider(),
): InstrumentSet {
  const sets = instrumentSets()
  const known = sets.byProvider.get(provider)
  if (known) return known
  const set = sets.unbound ?? new InstrumentSet({ ...DEFAULT_BOUNDS, ...bounds })
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
 * For whoever builds the SDK's readers: promises that every reader of `provider` adds what the returned function gives to what it
 * collects, cumulative and with explicit buckets. From then on histograms are kept here, which costs a call a fraction of what the
 * SDK's cost; views of the SDK do not see them.
 */
export function claimLocalHistograms(provider: MeterProvider): () => LocalHistogramSnapshot[] {
  const set = instrumentSet({}, provider)
  set.claimHistograms()
  return () => set.snapshotHistograms()
}

/**
 * For whoever builds the SDK: how far the labels of `provider` may go. To be called before anything else measures there.
 *
 * @param bounds `maxLabelValues`: values of one label, 200 by default; `maxSeries`: label sets that the SDK's readers take of one observable counter,
 *   2,000 by default.
 */
export function boundLabels(provider: MeterProvider, bounds: Partial<LabelBounds>): void {
  instrumentSet(bounds, provider)
}
