import { readPriceFile } from '../price-file.ts'
import { createPriceTable } from '../price-table.ts'
import type { PriceList, PriceQuery, Resolution } from '../rate-card.ts'
import azure from './azure.json' with { type: 'json' }
import fineTuned from './openai-fine-tuned.json' with { type: 'json' }
import media from './openai-media.json' with { type: 'json' }
import text from './openai.json' with { type: 'json' }

const FILES: readonly unknown[] = [text, media, fineTuned, azure]

let table: PriceList | undefined

/**
 * Our own prices, for what the bundled list lacks or has wrong: service tiers, zones, units that are no tokens, fees of tools. Each entry
 * says where its figures were read, and when. Reading it takes a few milliseconds, once.
 */
export const overlay: PriceList = Object.freeze({
  find(query: PriceQuery): Resolution {
    table ??= createPriceTable(FILES.flatMap((file) => readPriceFile(file, 'the overlay')))
    return table.find(query)
  },
})
