export { AZURE_SETTINGS_FORM, type AzureSettings, readAzureSettings } from './azure-settings.ts'
export { bill } from './bill.ts'
export type { CostEstimate, EstimatePart, NoCostReason } from './cost-estimate.ts'
export type { CostTotal, CostTotals } from './cost-total.ts'
export { CostTracker, type CostTrackerOptions, type RecordContext } from './cost-tracker.ts'
export { type Converter, CURRENCY_FORM, type CurrencySettings, readCurrency } from './currency.ts'
export { GENAI_PRICES_DATE, GENAI_PRICES_SOURCE, genaiPrices } from './genai-prices.ts'
export { createPriceBook, type PriceBook, type PriceBookOptions, type Variant } from './price-book.ts'
export type { PriceContext } from './price-context.ts'
export type { PriceEntry } from './price-entry.ts'
export { type PriceFile, PriceFileError, readPriceFile, readPrices } from './price-file.ts'
export {
  PRICE_REFRESH_FORM,
  type PriceRefreshPlan,
  type PriceRefreshSettings,
  readPriceRefresh,
} from './price-refresh-settings.ts'
export { PriceRefresher } from './price-refresher.ts'
export type { LongContextRates, Part, PriceList, PriceQuery, RateCard, Rates, Resolution } from './rate-card.ts'
export type { RequestContext, RequestEstimate, UnboundedReason } from './request-bounds.ts'
export type { CountTokens, TokenBounds } from './request-tokens.ts'
export { charge, decimalFromNumber, decimalUsd, type UnitPrice, unitPrice, usdFromPico } from './usd.ts'
