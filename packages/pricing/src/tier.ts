/** The tier at which calls are charged when nobody asked for another. */
export const STANDARD_TIER = 'standard'

/** The tier of what a batch has answered, which no answer names. */
export const BATCH_TIER = 'batch'

/** What `POST /decisions` is charged at, whose prices are its own (https://developers.openai.com/api/docs/guides/decisions, 2026-11-27). */
export const DECISIONS_TIER = 'decisions'

/** `default` is OpenAI's word for it, `on_demand` Groq's, `standard` Anthropic's. */
const STANDARD_NAMES: ReadonlySet<string> = new Set(['default', 'standard', 'on_demand'])

/**
 * The service tier that a call is charged at. The response decides: a request for `priority` may be served, and charged, as `default`.
 * A response that names no tier (or `auto`, which is not one) was served as standard, unless the request asked for something else.
 *
 * @returns `standard`; the tier as the response names it; or `undefined` when the request asked for another tier
 *   and the response does not say whether it was granted.
 */
export function chargedTier(served: string | undefined, requested: string | undefined): string | undefined {
  if (served && served !== 'auto') return STANDARD_NAMES.has(served) ? STANDARD_TIER : served
  if (!requested || requested === 'auto' || STANDARD_NAMES.has(requested)) return STANDARD_TIER
  return undefined
}
