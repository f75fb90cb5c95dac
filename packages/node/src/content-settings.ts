import { CAPTURE_MEDIA, type ScrubberSetting } from '@tokenmeter/instrumentation-openai/watch'
import {
  CAPTURE_MODES_FORM,
  CAPTURE_VARIABLE,
  type CaptureMode,
  CONTENT_DEFAULTS,
  type ContentHook,
  MIN_CAP_BYTES,
  readCaptureMode,
} from '@tokenmeter/meter'
import { scrubModule } from './scrub-module.ts'
import type { Setting } from './setting.ts'
import { ON_OR_OFF, oneWordOf, readSwitch, wholeNumber } from './setting-readers.ts'

/** What is captured of content, and what is taken out of everything that leaves. */
export interface ContentSettings {
  readonly capture: CaptureMode
  readonly maxMessageBytes: number
  readonly maxCallBytes: number
  readonly captureMedia: 'digest' | 'inline'
  readonly captureToolSchemas: boolean
  readonly contentHook: ContentHook | undefined
  readonly scrub: 'own' | 'all' | 'off'
  readonly scrubber: ScrubberSetting | undefined
}

/** Made here once, so that options that are wrong are known at the start. */
function readScrubber(value: unknown): ScrubberSetting | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if ('scrub' in value) return typeof value.scrub === 'function' ? (value as ScrubberSetting) : undefined
  scrubModule().createScrubber(value)
  return value as ScrubberSetting
}

/** A cap may be as large as anyone likes; what is captured waits in memory. */
const readCap = wholeNumber(MIN_CAP_BYTES, 2 ** 30)
const CAP = `a whole number of bytes from ${MIN_CAP_BYTES} on`

/** In the order in which people should read about them. */
export const CONTENT_SETTINGS: { readonly [Name in keyof ContentSettings]: Setting<ContentSettings[Name]> } = {
  capture: {
    variables: [CAPTURE_VARIABLE],
    fallback: CONTENT_DEFAULTS.capture,
    accepts: CAPTURE_MODES_FORM,
    description:
      'Where content goes: messages, instructions, what tools are told and return. On spans, on events, on both, or nowhere. Where the variable is set, `withAI({ capture })` may lower it only',
    read: readCaptureMode,
  },
  maxMessageBytes: {
    variables: ['TOKENMETER_MAX_MESSAGE_BYTES'],
    fallback: CONTENT_DEFAULTS.maxMessageBytes,
    accepts: CAP,
    description: 'Most bytes of one captured message, as JSON in UTF-8; the rest is cut, and marked',
    read: readCap,
  },
  maxCallBytes: {
    variables: ['TOKENMETER_MAX_CALL_BYTES'],
    fallback: CONTENT_DEFAULTS.maxCallBytes,
    accepts: CAP,
    description:
      'Most bytes of all that is captured of a call. Instructions come first, then the answer, then messages from the newest on',
    read: readCap,
  },
  captureMedia: {
    variables: ['TOKENMETER_CAPTURE_MEDIA'],
    fallback: CONTENT_DEFAULTS.captureMedia,
    accepts: 'digest or inline',
    description:
      'What becomes of images, sounds and files in captured content: type, length and SHA-256, or base64 where the caps leave room',
    read: oneWordOf(...CAPTURE_MEDIA),
  },
  captureToolSchemas: {
    variables: ['TOKENMETER_CAPTURE_TOOL_SCHEMAS'],
    fallback: CONTENT_DEFAULTS.captureToolSchemas,
    accepts: ON_OR_OFF,
    description: 'Whether captured definitions of tools have their descriptions and parameters',
    read: readSwitch,
  },
  contentHook: {
    variables: [],
    fallback: undefined,
    accepts: 'a function',
    description:
      'Stores captured content elsewhere: is given it scrubbed, and returns a reference, or a promise of one, that is recorded in its place',
    read: (value) => (typeof value === 'function' ? (value as ContentHook) : undefined),
  },
  scrub: {
    variables: ['TOKENMETER_SCRUB'],
    fallback: 'own',
    accepts: 'own, all or off',
    description:
      'Whose telemetry is scrubbed of personal data and secrets on its way out: that of Tokenmeter, whoever made it, or nobody’s. Captured content is scrubbed in any case',
    read: oneWordOf('own', 'all', 'off'),
  },
  scrubber: {
    variables: [],
    fallback: undefined,
    accepts: 'options of `createScrubber` of `@tokenmeter/scrub`, or an object with a function `scrub`',
    description: 'What is taken out of content and telemetry, and what stands in its place',
    read: readScrubber,
  },
}
