/**
 * Where content goes: what was asked and answered, in words. The values are those of OpenTelemetry's GenAI utilities
 * (opentelemetry-util-genai, `ContentCapturingMode`, 2026-11).
 *
 * - `NO_CONTENT`: nowhere, and nothing is looked at.
 * - `SPAN_ONLY`: on spans, as JSON.
 * - `EVENT_ONLY`: on the event `gen_ai.client.inference.operation.details`, structured.
 * - `SPAN_AND_EVENT`: both.
 */
export type CaptureMode = 'NO_CONTENT' | 'SPAN_ONLY' | 'EVENT_ONLY' | 'SPAN_AND_EVENT'

/** All modes, the default first. */
export const CAPTURE_MODES: readonly CaptureMode[] = ['NO_CONTENT', 'SPAN_ONLY', 'EVENT_ONLY', 'SPAN_AND_EVENT']

/** The variable by which whoever runs a process says how content is captured (OpenTelemetry's GenAI utilities, 2026-11). */
export const CAPTURE_VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT'

/** What `readCaptureMode` takes, to end the sentence "must be …". */
export const CAPTURE_MODES_FORM: string = CAPTURE_MODES.join(', ')

/**
 * Reads a mode, in upper or lower case. `true` and `false`, which the variable could be before there were modes, are all and nothing.
 *
 * @returns `undefined` for anything else.
 */
export function readCaptureMode(value: unknown): CaptureMode | undefined {
  const word = String(value).trim().toUpperCase()
  if (word === 'TRUE') return 'SPAN_AND_EVENT'
  if (word === 'FALSE') return 'NO_CONTENT'
  return typeof value === 'string' ? CAPTURE_MODES.find((mode) => mode === word) : undefined
}

export const reachesSpan = (mode: CaptureMode): boolean => mode === 'SPAN_ONLY' || mode === 'SPAN_AND_EVENT'

export const reachesEvent = (mode: CaptureMode): boolean => mode === 'EVENT_ONLY' || mode === 'SPAN_AND_EVENT'

/** `mode`, as far as `limit` allows it. */
export function atMost(mode: CaptureMode, limit: CaptureMode): CaptureMode {
  const onSpan = reachesSpan(mode) && reachesSpan(limit)
  const onEvent = reachesEvent(mode) && reachesEvent(limit)
  if (onSpan) return onEvent ? 'SPAN_AND_EVENT' : 'SPAN_ONLY'
  return onEvent ? 'EVENT_ONLY' : 'NO_CONTENT'
}
