import { AI_ATTRIBUTE, ATTRIBUTE, PROVIDER_SOURCE } from '@tokenmeter/meter/names'
import { type Check, note, ok, skipped } from './check.ts'
import { applicationsAmong, recentTraces, tracedServices } from './jaeger-api.ts'
import { parseJson } from './prometheus-api.ts'

const TRACES = 100
/** A share of the reported cost beyond which the list does not describe what is charged. */
const FAR_APART = 0.02

/** What providers charge, against what the price list would have said; where they report it, theirs is counted. */
export const reported: Check = {
  id: 'prices-provider',
  stages: ['post', 'production'],
  looksAt: `spans of the last hour whose cost the provider itself has reported (\`${AI_ATTRIBUTE.priceSource}\` is \`${PROVIDER_SOURCE}\`), and what the price list would have said`,
  complains: 'they are more than 2% apart for a model (a note): the reported cost is what is counted',
  run: async (context) => {
    const [service] = applicationsAmong(await tracedServices(context), context)
    if (service === undefined) return skipped('there are no traces of an application yet')
    const spans = spansIn(await recentTraces(context, service, TRACES))
    const calls = spans.filter((span) => span[AI_ATTRIBUTE.priceSource] === PROVIDER_SOURCE)
    if (calls.length === 0) return ok('no provider has reported what a call costs; ours are from the price list')
    const sums = await sumsByModel(calls)
    const [far] = [...sums]
      .map(([model, { told, listed }]) => ({ model, told, listed, apart: Math.abs(told - listed) / told }))
      .filter(({ apart }) => apart > FAR_APART)
      .toSorted((one, other) => other.apart - one.apart)
    return far
      ? note(
          `${far.model}: the provider reports ${far.told.toPrecision(4)} USD, by the price list it is ${far.listed.toPrecision(4)} USD`,
          'The reported cost is counted, with fees and discounts; forecasts and budgets that hold calls back use the list: correct it in TOKENMETER_PRICES',
        )
      : ok(`${calls.length} calls with a reported cost, as far as the list has them within 2% of it`)
  },
}

interface Sums {
  /** USD, both for the same calls. */
  readonly told: number
  readonly listed: number
}

/** Of calls that the price list has, too. */
async function sumsByModel(calls: readonly Attributes[]): Promise<Map<string, Sums>> {
  // Not before it is needed: loading the price list takes longer than most runs of the doctor.
  const { bill, createPriceBook } = await import('@tokenmeter/pricing')
  const book = createPriceBook()
  const sums = new Map<string, Sums>()
  for (const call of calls) {
    const model = String(call[ATTRIBUTE.genAiResponseModel] ?? call[ATTRIBUTE.genAiRequestModel])
    const { card } = book.resolve(String(call[ATTRIBUTE.genAiProviderName]), model, Date.now())
    const told = call[AI_ATTRIBUTE.cost]
    const listed = card && bill(card, usageOf(call)).cost?.usd
    if (listed === undefined || typeof told !== 'number' || told <= 0) continue
    const sum = sums.get(model) ?? { told: 0, listed: 0 }
    sums.set(model, { told: sum.told + told, listed: sum.listed + listed })
  }
  return sums
}

function usageOf(call: Attributes) {
  const count = (name: string): number | undefined => {
    const value = call[name]
    return typeof value === 'number' ? value : undefined
  }
  const read = count(ATTRIBUTE.genAiUsageCacheReadInputTokens)
  const written = count(ATTRIBUTE.genAiUsageCacheWriteInputTokens)
  return {
    inputTokens: count(ATTRIBUTE.genAiUsageInputTokens) ?? 0,
    outputTokens: count(ATTRIBUTE.genAiUsageOutputTokens) ?? 0,
    ...(read !== undefined && { cacheReadTokens: read }),
    ...(written !== undefined && { cacheWriteTokens: written }),
  }
}

type Attributes = Readonly<Record<string, string | number>>

/** OTLP/JSON as Jaeger answers with it, as far as it is read here. */
interface Traces {
  readonly result?: {
    readonly resourceSpans?: readonly {
      readonly scopeSpans?: readonly {
        readonly spans?: readonly { readonly attributes?: readonly OtlpAttribute[] }[]
      }[]
    }[]
  }
}

interface OtlpAttribute {
  readonly key: string
  readonly value?: { readonly stringValue?: string; readonly intValue?: string; readonly doubleValue?: number }
}

function spansIn(text = ''): Attributes[] {
  const { result } = (parseJson(text) ?? {}) as Traces
  const spans = (result?.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) =>
    scopeSpans.flatMap(({ spans: found = [] }) => found),
  )
  return spans.map(({ attributes = [] }) =>
    Object.fromEntries(attributes.map(({ key, value = {} }) => [key, plain(value)])),
  )
}

const plain = ({ stringValue, intValue, doubleValue }: NonNullable<OtlpAttribute['value']>): string | number =>
  stringValue ?? doubleValue ?? Number(intValue)
