export { AI_ATTRIBUTE } from './attributes.ts'
export { ATTRIBUTE } from './generated/gen-ai.ts'
export { INSTRUMENTS, type InstrumentDefinition } from './instruments.ts'
