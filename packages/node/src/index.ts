export { agent, tool, type ToolFacts } from '@tokenmeter/meter'
export type { RegisterOptions } from './configuration.ts'
export { register, type Tokenmeter } from './registration.ts'
export type { Settings } from './settings.ts'
