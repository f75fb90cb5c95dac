import type * as GenaiPrices from '@pydantic/genai-prices'

/** Loads the price list, which takes about 40 ms the first time. */
export declare function requireLibrary(): typeof GenaiPrices
