import type { Meter } from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import { INSTRUMENTS } from './instruments.ts'
import { usdFromPico } from './usd.ts'

/** How one budget stands at the moment of collection. */
export interface BudgetReading {
  /** Value of the label `budget`. */
  readonly budget: string
  /** Value of the label `period`: `day`, `month`, `24h` …. */
  readonly period: string
  readonly spentPicoUsd: bigint
  readonly limitPicoUsd: bigint
}

type ReadBudgets = () => Iterable<BudgetReading>

/** On the global object, because the ESM and the CJS copy of this module must show the same budgets. */
const SOURCES = Symbol.for('tokenmeter.budgets')

function sources(): Set<ReadBudgets> {
  const holder = globalThis as { [SOURCES]?: Set<ReadBudgets> }
  return (holder[SOURCES] ??= new Set())
}

/**
 * Shows budgets in `ai_budget_spent_usd` and `ai_budget_limit_usd`, in every MeterProvider that our instruments belong to.
 *
 * @param read is called at every collection, so that a period that is over is seen at once.
 * @returns how to end that
 */
export function showBudgets(read: ReadBudgets): () => void {
  sources().add(read)
  return () => sources().delete(read)
}

/** Creates the gauges. To be called once for each provider. */
export function bindBudgetGauges(meter: Meter): void {
  observe(meter, 'budgetSpent', ({ spentPicoUsd }) => spentPicoUsd)
  observe(meter, 'budgetLimit', ({ limitPicoUsd }) => limitPicoUsd)
}

function observe(meter: Meter, key: 'budgetSpent' | 'budgetLimit', value: (reading: BudgetReading) => bigint): void {
  const { name, unit, description } = INSTRUMENTS[key]
  const gauge = meter.createObservableGauge(name, { unit, description, valueType: ValueType.DOUBLE })
  gauge.addCallback((result) => {
    for (const read of sources()) {
      for (const reading of read()) {
        const { budget, period } = reading
        result.observe(usdFromPico(value(reading)), { budget, period })
      }
    }
  })
}
