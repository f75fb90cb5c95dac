/** Value of `priceSource` where no price list was asked: the provider itself said what the call cost. */
export const PROVIDER_SOURCE = 'provider'
