export {
  agent,
  type AIScope,
  type AITotals,
  type Attribution,
  type CallLogRecord,
  callLogRecord,
  currentAI,
  tool,
  type ToolFacts,
  withAI,
} from '@tokenmeter/meter'
export type { RegisterOptions } from './configuration.ts'
export type { LineWriter } from './logs/writer-lines.ts'
export { ScrubbingLogRecordProcessor } from './net/log-records.ts'
export { scrubbingMetricExporter } from './net/metrics.ts'
export { type NetScope, ScrubbingNet } from './net/net.ts'
export { ScrubbingSpanProcessor } from './net/spans.ts'
export { register, type Tokenmeter } from './registration.ts'
export type { Settings } from './settings.ts'
