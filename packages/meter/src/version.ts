/** Name and version under which the instruments are created. */
export const METER_SCOPE = { name: '@tokenmeter/meter', version: '0.1.0' } as const

/** Release of the GenAI semantic conventions that profile `v0.1.0` follows. */
export const SEMCONV_GENAI_VERSION = '0.1.0'
