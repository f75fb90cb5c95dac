/**
 * Label sets that our readers take of one observable counter, at each about 0.5 kB here and 5 kB in Prometheus. The SDK's default is 2,000, and of observable
 * counters it loses what comes beyond; with attribution labels that is soon: 10 models, 4 statuses and 50 tenants.
 */
export const MAX_SERIES = 10_000
