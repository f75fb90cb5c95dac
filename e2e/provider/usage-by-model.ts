/** Tokens of one answer. */
export interface ServedUsage {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly reasoning: number
}

/** What an answer of each model uses. The numbers share no factors, so that a sum can only come out right from the right parts. */
export const USAGE_BY_MODEL: Readonly<Record<string, ServedUsage>> = {
  'gpt-4o-mini': { input: 1009, cached: 128, output: 211, reasoning: 0 },
  'gpt-4o': { input: 2003, cached: 1024, output: 307, reasoning: 0 },
  'gpt-4.1': { input: 701, cached: 256, output: 103, reasoning: 0 },
  'gpt-4.1-mini': { input: 89, cached: 0, output: 13, reasoning: 0 },
  'o4-mini': { input: 503, cached: 0, output: 401, reasoning: 293 },
  'gpt-3.5-turbo-instruct': { input: 61, cached: 0, output: 17, reasoning: 0 },
  'text-embedding-3-small': { input: 37, cached: 0, output: 0, reasoning: 0 },
  'in-house-model': { input: 19, cached: 0, output: 23, reasoning: 0 },
}
