export { AZURE_SETTINGS_FORM, type AzureSettings, readAzureSettings } from './azure-settings.ts'
export { bill } from './bill.ts'
export {
  CostTracker,
  type CostTotal,
  type CostTotals,
  type CostTrackerOptions,
  type Estimate,
  type PriceContext,
} from './cost-tracker.ts'
export { GENAI_PRICES_DATE, GENAI_PRICES_SOURCE, genaiPrices, preloadPrices } from './genai-prices.ts'
export { createPriceBook, type PriceBook, type PriceBookOptions, type Variant } from './price-book.ts'
export type { PriceEntry } from './price-entry.ts'
export { type PriceFile, PriceFileError, readPriceFile, readPrices } from './price-file.ts'
export type { LongContextRates, Part, PriceList, PriceQuery, RateCard, Rates, Resolution } from './rate-card.ts'
export type { CompletionsUsage, ResponsesUsage, TokenUsage } from './token-usage.ts'
export { charge, decimalFromNumber, decimalUsd, type UnitPrice, unitPrice, usdFromPico } from './usd.ts'
