/** Name and version the spans and events are attributed to. */
export const SCOPE = { name: '@tokenmeter/instrumentation-openai', version: '0.1.0' } as const
