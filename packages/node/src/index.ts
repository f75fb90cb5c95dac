export {
  agent,
  type AIScope,
  type AITotals,
  type Attribution,
  currentAI,
  tool,
  type ToolFacts,
  withAI,
} from '@tokenmeter/meter'
export type { RegisterOptions } from './configuration.ts'
export { register, type Tokenmeter } from './registration.ts'
export type { Settings } from './settings.ts'
