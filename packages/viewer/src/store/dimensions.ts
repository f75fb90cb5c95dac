/** By what calls are summed up ahead of any question. The numbers are in files: they stay. */
export const DIMENSIONS = {
  all: 0,
  model: 1,
  feature: 2,
  user: 3,
  session: 4,
  tenant: 5,
  provider: 6,
  operation: 7,
  service: 8,
  error_type: 9,
} as const

/** A dimension by which calls are summed up. */
export type Dimension = keyof typeof DIMENSIONS

/** What is measured in seconds. The numbers are in files: they stay. */
export const MEASURES = { duration: 0, first_chunk: 1 } as const

/** Dimensions for which percentiles are kept; of users and sessions there may be as many as calls. */
export const DIMENSIONS_WITH_PERCENTILES: readonly Dimension[] = ['all', 'model', 'feature', 'provider', 'operation']

/** Minutes over which sums are kept: of single minutes for short ranges, of quarters of an hour for those that have many of them. */
export const WIDTHS = [1, 15] as const
/** The wider one. */
export const QUARTER = 15

/** Ways a call may end, by their numbers in files: they stay. */
export const STATUS_CODES = { success: 0, error: 1, rate_limit: 2, cancelled: 3 } as const
/** The same by number. */
export const STATUS_NAMES = Object.keys(STATUS_CODES) as (keyof typeof STATUS_CODES)[]

/** Roles of spans, by their numbers in files: they stay. */
export const ROLE_CODES = { other: 0, call: 1, tool: 2, agent: 3 } as const
/** The same by number. */
export const ROLE_NAMES = Object.keys(ROLE_CODES) as (keyof typeof ROLE_CODES)[]

/** What a row of sums adds up, by the names of its columns: counts, 10⁻¹² USD, and nanoseconds. */
export const SUM_COLUMNS: readonly string[] =
  'calls errors rate_limits cancelled rate_limit_hits retries input cached output cost unpriced duration'.split(' ')
