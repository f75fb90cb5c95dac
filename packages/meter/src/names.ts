export { AI_ATTRIBUTE } from './attributes.ts'
export { CAPTURE_MODES_FORM, CAPTURE_VARIABLE, readCaptureMode } from './content/capture-mode.ts'
export { ATTRIBUTE } from './generated/gen-ai.ts'
export { INSTRUMENTS, type InstrumentDefinition } from './instruments.ts'
