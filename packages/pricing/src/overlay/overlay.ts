import type { PriceEntry } from '../price-entry.ts'
import type { PriceFile } from '../price-file.ts'
import { createPriceTable } from '../price-table.ts'
import { listedProvider } from '../providers.ts'
import type { PriceList, PriceQuery, Rates, Resolution } from '../rate-card.ts'
import azureMedia from './azure-media.json' with { type: 'json' }
import azure from './azure.json' with { type: 'json' }
import compatible from './compatible.json' with { type: 'json' }
import fineTuned from './openai-fine-tuned.json' with { type: 'json' }
import media from './openai-media.json' with { type: 'json' }
import endpoints from './openai-endpoints.json' with { type: 'json' }
import text from './openai.json' with { type: 'json' }
import toolFees from './tool-fees.json' with { type: 'json' }

/** The files of the overlay. That they are well-formed is for a test to see, and not for every process that starts. */
export const OVERLAY_FILES: readonly PriceFile[] = [text, endpoints, media, fineTuned, azure, azureMedia, compatible]
/** What providers charge for calls of their own tools, by the model that calls them; `*` is every model that the overlay lists. */
export const FEE_FILE: PriceFile = toolFees

const EVERY_MODEL = '*'

interface Overlay {
  readonly table: PriceList
  /** By provider and model. */
  readonly fees: ReadonlyMap<string, Rates>
}

let read: Overlay | undefined

/**
 * Our own prices, for what the bundled list lacks or has wrong: service tiers, zones, units that are no tokens, fees of tools. Each entry
 * says where its figures were read, and when. Reading it takes some milliseconds, once.
 */
export const overlay: PriceList = Object.freeze({
  find: (query: PriceQuery): Resolution => readOverlay().table.find(query),
  feesOf(query: PriceQuery): Rates | undefined {
    const { table, fees: byModel } = readOverlay()
    const everyModel = byModel.get(keyOf(query.provider, EVERY_MODEL))
    // Servers that nobody has a name for are `openai`, too: their models pay no fees to OpenAI.
    if (!everyModel || table.find(query).unpriced === 'unknown_model') return undefined
    const key = keyOf(query.provider, query.model.trim().toLowerCase())
    return byModel.get(key) ?? byModel.get(key.replace(SNAPSHOT, '')) ?? everyModel
  },
})

/** `gpt-6-sol-2026-10-01` */
const SNAPSHOT = /-20\d\d-\d\d-\d\d$/

const keyOf = (provider: string, model: string): string => `${listedProvider(provider) ?? provider}|${model}`

function readOverlay(): Overlay {
  read ??= { table: createPriceTable(OVERLAY_FILES.flatMap(entriesOf)), fees: readFees(entriesOf(FEE_FILE)) }
  return read
}

function entriesOf({ source = '', date = '', prices }: PriceFile): readonly PriceEntry[] {
  return prices.map((entry) => ({ source, date, ...entry }))
}

function readFees(entries: readonly PriceEntry[]): ReadonlyMap<string, Rates> {
  const fees = new Map<string, Rates>()
  for (const { provider, models, rates } of entries) {
    const everyModel = fees.get(keyOf(provider, EVERY_MODEL))
    for (const model of models) fees.set(keyOf(provider, model), Object.freeze({ ...everyModel, ...rates }))
  }
  return fees
}
