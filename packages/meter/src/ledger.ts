import type { Attributes, Context, Meter } from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import { type AttributionSet, AttributionSets, NO_ATTRIBUTION, tellOverflow } from './attribution-labels.ts'
import { bindBudgetGauges } from './budget-gauges.ts'
import { BoundedValues } from './bounded-values.ts'
import type { ConvertedCost, Cost, Estimate } from './call.ts'
import { Histogram } from './histogram.ts'
import { type InstrumentDefinition, INSTRUMENTS } from './instruments.ts'
import { type Cell, Series } from './series.ts'
import { type Status, STATUSES } from './status.ts'
import { usdFromPico } from './usd.ts'

/** The cells one (model, operation, provider, attribution) writes to, looked up once and reused by every call after. */
export interface LedgerRow {
  readonly model: string
  readonly operation: string
  readonly provider: string
  readonly attribution: AttributionSet
  readonly requests: Readonly<Record<Status, Cell>>
  readonly durationAttributes: Readonly<Record<Status, Attributes>>
  /** Created at the first call with usage or cost: a series that was never measured must not say 0. */
  tokens?: TokenCells
  cost?: { readonly total: Cell<bigint>; readonly current: Cell<bigint> }
  estimatedTokens?: { readonly prompt: Cell; readonly completion: Cell }
}

/** How far labels may go. */
export interface LabelBounds {
  /** Values that one label may take before the rest is `other`. */
  readonly maxLabelValues: number
  /** Label sets that the SDK takes of one metric. What an observable counter says beyond is lost there, so nothing may come so far. */
  readonly maxSeries: number
}

/** Where calls are told apart by whom they were made for, they take this share of the series at most. The rest is for what has no such labels, or `other`. */
const ATTRIBUTED_SHARE = 0.8

interface TokenCells {
  readonly prompt: Cell
  readonly completion: Cell
  readonly currentPrompt: Cell
  readonly currentCompletion: Cell
}

function perStatus<T>(make: (status: Status) => T): Record<Status, T> {
  return Object.fromEntries(STATUSES.map((status) => [status, make(status)])) as Record<Status, T>
}

type Convert<Value> = (value: Value) => number
const asIs: Convert<number> = (value) => value

/** Everything the `ai_*` metrics say: counters and gauges in cells that observable instruments read, and a histogram. */
export class Ledger {
  readonly cost: Series<bigint> = new Series(INSTRUMENTS.cost, 0n)
  readonly costCurrent: Series<bigint> = new Series(INSTRUMENTS.costCurrent, 0n)
  readonly convertedCost: Series<bigint> = new Series(INSTRUMENTS.convertedCost, 0n)
  readonly tokens: Series = new Series(INSTRUMENTS.tokens, 0)
  readonly tokensCurrent: Series = new Series(INSTRUMENTS.tokensCurrent, 0)
  readonly requests: Series = new Series(INSTRUMENTS.requests, 0)
  readonly errors: Series = new Series(INSTRUMENTS.errors, 0)
  readonly rateLimitHits: Series = new Series(INSTRUMENTS.rateLimitHits, 0)
  readonly retries: Series = new Series(INSTRUMENTS.retries, 0)
  readonly rateLimitRemaining: Series = new Series(INSTRUMENTS.rateLimitRemaining, 0)
  readonly rateLimitLimit: Series = new Series(INSTRUMENTS.rateLimitLimit, 0)
  readonly unpricedRequests: Series = new Series(INSTRUMENTS.unpricedRequests, 0)
  readonly estimatedTokens: Series = new Series(INSTRUMENTS.estimatedTokens, 0)
  readonly estimatedCost: Series<bigint> = new Series(INSTRUMENTS.estimatedCost, 0n)
  readonly redactions: Series = new Series(INSTRUMENTS.redactions, 0)
  readonly priceTableTimestamp: Series = new Series(INSTRUMENTS.priceTableTimestamp, 0)
  readonly duration: Histogram = new Histogram({
    ...INSTRUMENTS.requestDuration,
    valueType: 'double',
    boundaries: INSTRUMENTS.requestDuration.buckets ?? [],
  })
  readonly models: BoundedValues
  readonly errorTypes: BoundedValues
  readonly attribution: AttributionSets
  readonly #providers: BoundedValues
  readonly #redactionClasses: BoundedValues
  readonly #operations: BoundedValues
  readonly #rows = new Map<string, LedgerRow>()
  readonly #durationAttributes = new Map<string, Record<Status, Attributes>>()
  readonly #maxAttributedRows: number
  #attributedRows = 0
  /** Price list → its newest date. */
  readonly #priceDates = new Map<string, string>()
  /** The row of the call before: services tend to make the same call again. */
  #lastRow: LedgerRow | undefined

  constructor({ maxLabelValues, maxSeries }: LabelBounds) {
    this.models = new BoundedValues(maxLabelValues)
    this.errorTypes = new BoundedValues(maxLabelValues)
    this.#providers = new BoundedValues(maxLabelValues)
    this.#redactionClasses = new BoundedValues(maxLabelValues)
    this.#operations = new BoundedValues(maxLabelValues)
    // Of the counters that every call writes to, that of requests has the most series: one for each status.
    this.#maxAttributedRows = Math.floor((maxSeries * ATTRIBUTED_SHARE) / STATUSES.length)
    this.attribution = new AttributionSets(maxLabelValues, this.#maxAttributedRows)
  }

  /** The row for these labels, created with its request counters at 0. */
  row(model: string, operation: string, provider: string, attribution: AttributionSet = NO_ATTRIBUTION): LedgerRow {
    const last = this.#lastRow
    if (
      last &&
      last.model === model &&
      last.operation === operation &&
      last.provider === provider &&
      last.attribution === attribution
    ) {
      return last
    }
    const row = this.#findRow(
      this.models.admit(model),
      this.#operations.admit(operation),
      this.#providers.admit(provider),
      attribution,
    )
    this.#lastRow = row
    return row
  }

  #findRow(model: string, operation: string, provider: string, attribution: AttributionSet): LedgerRow {
    const key = [model, operation, provider, attribution.key].join('\u0000')
    const known = this.#rows.get(key)
    if (known) return known
    const overflow = this.attribution.overflowOf(attribution)
    if (attribution.key !== overflow.key) {
      if (this.#attributedRows >= this.#maxAttributedRows) {
        tellOverflow(this.#maxAttributedRows)
        return this.#findRow(model, operation, provider, overflow)
      }
      this.#attributedRows += 1
    }
    const row = this.#createRow(model, operation, provider, attribution)
    this.#rows.set(key, row)
    return row
  }

  tokenCells(row: LedgerRow): TokenCells {
    return (row.tokens ??= {
      prompt: this.tokens.cellFor(row.attribution, row.model, row.operation, 'prompt'),
      completion: this.tokens.cellFor(row.attribution, row.model, row.operation, 'completion'),
      currentPrompt: this.tokensCurrent.cell(row.model, row.operation, 'prompt'),
      currentCompletion: this.tokensCurrent.cell(row.model, row.operation, 'completion'),
    })
  }

  addCost(row: LedgerRow, picoUsd: bigint): void {
    row.cost ??= {
      total: this.cost.cellFor(row.attribution, row.model, row.operation, row.provider),
      current: this.costCurrent.cell(row.model, row.operation, row.provider),
    }
    row.cost.total.value += picoUsd
    row.cost.current.value = picoUsd
  }

  addConvertedCost(row: LedgerRow, { currency, picoAmount }: ConvertedCost): void {
    this.convertedCost.cellFor(row.attribution, row.model, row.operation, row.provider, currency).value += picoAmount
  }

  addEstimate(row: LedgerRow, { inputTokens, outputTokens }: Estimate, cost: Cost | undefined): void {
    const { model, operation, provider, attribution } = row
    row.estimatedTokens ??= {
      prompt: this.estimatedTokens.cellFor(attribution, model, operation, 'prompt'),
      completion: this.estimatedTokens.cellFor(attribution, model, operation, 'completion'),
    }
    row.estimatedTokens.prompt.value += inputTokens
    row.estimatedTokens.completion.value += outputTokens
    if (cost) this.estimatedCost.cellFor(attribution, model, operation, provider).value += cost.picoUsd
  }

  addError(row: LedgerRow, errorType: string): void {
    const { model, operation, provider, attribution } = row
    this.errors.cellFor(attribution, model, operation, provider, this.errorTypes.admit(errorType)).value += 1
  }

  /** @param dataClass of what was taken out of a text. */
  addRedactions(dataClass: string, count: number): void {
    this.redactions.cell(this.#redactionClasses.admit(dataClass)).value += count
  }

  /** Says how old the price list is: the newest date that it has shown, `YYYY-MM-DD`. One that is none leaves no series. */
  notePriceTable(source: string, date: string): void {
    const newest = this.#priceDates.get(source)
    if (newest !== undefined && newest >= date) return
    this.#priceDates.set(source, date)
    const milliseconds = Date.parse(date)
    if (!Number.isNaN(milliseconds)) this.priceTableTimestamp.cell(source).value = milliseconds / 1000
  }

  recordDuration(row: LedgerRow, status: Status, seconds: number, context?: Context): void {
    this.duration.record(seconds, row.durationAttributes[status], context)
  }

  /** Creates the instruments that read this ledger. To be called once, with the meter they shall belong to. */
  bind(meter: Meter): void {
    observe(meter, INSTRUMENTS.cost, this.cost, usdFromPico)
    observe(meter, INSTRUMENTS.costCurrent, this.costCurrent, usdFromPico)
    observe(meter, INSTRUMENTS.convertedCost, this.convertedCost, usdFromPico)
    observe(meter, INSTRUMENTS.tokens, this.tokens, asIs)
    observe(meter, INSTRUMENTS.tokensCurrent, this.tokensCurrent, asIs)
    observe(meter, INSTRUMENTS.requests, this.requests, asIs)
    observe(meter, INSTRUMENTS.errors, this.errors, asIs)
    observe(meter, INSTRUMENTS.rateLimitHits, this.rateLimitHits, asIs)
    observe(meter, INSTRUMENTS.retries, this.retries, asIs)
    observe(meter, INSTRUMENTS.rateLimitRemaining, this.rateLimitRemaining, asIs)
    observe(meter, INSTRUMENTS.rateLimitLimit, this.rateLimitLimit, asIs)
    observe(meter, INSTRUMENTS.unpricedRequests, this.unpricedRequests, asIs)
    observe(meter, INSTRUMENTS.estimatedTokens, this.estimatedTokens, asIs)
    observe(meter, INSTRUMENTS.estimatedCost, this.estimatedCost, usdFromPico)
    observe(meter, INSTRUMENTS.redactions, this.redactions, asIs)
    observe(meter, INSTRUMENTS.priceTableTimestamp, this.priceTableTimestamp, asIs)
    bindBudgetGauges(meter)
    this.duration.bind(meter)
  }

  /** One object for each series, whichever provider a call went to: the duration has no label for it. */
  #durationAttributesOf(model: string, operation: string): Record<Status, Attributes> {
    const key = `${model}\u0000${operation}`
    let attributes = this.#durationAttributes.get(key)
    if (!attributes) {
      attributes = perStatus((status) => Object.freeze({ model, operation, status }))
      this.#durationAttributes.set(key, attributes)
    }
    return attributes
  }

  #createRow(model: string, operation: string, provider: string, attribution: AttributionSet): LedgerRow {
    return {
      model,
      operation,
      provider,
      attribution,
      requests: perStatus((status) => this.requests.cellFor(attribution, model, operation, provider, status)),
      durationAttributes: this.#durationAttributesOf(model, operation),
    }
  }
}

function observe<Value extends number | bigint>(
  meter: Meter,
  { name, unit, description, kind }: InstrumentDefinition,
  series: Series<Value>,
  toNumber: Convert<Value>,
): void {
  const options = { unit, description, valueType: ValueType.DOUBLE }
  const instrument =
    kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options)
  instrument.addCallback((result) => {
    for (const cell of series.cells()) result.observe(toNumber(cell.value), cell.attributes)
  })
}
