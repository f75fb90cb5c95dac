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
export { register, type Tokenmeter } from './registration.ts'
export type { Settings } from './settings.ts'
