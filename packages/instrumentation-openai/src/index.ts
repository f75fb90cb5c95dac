export { instrument } from './instrument.ts'
export type { WatchOptions } from './watch.ts'
export { OpenAIInstrumentation, type OpenAIInstrumentationConfig } from './instrumentation.ts'
