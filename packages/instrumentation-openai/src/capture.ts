import {
  CAPTURE_MODES_FORM,
  CAPTURE_VARIABLE,
  type CaptureMode,
  CONTENT_DEFAULTS,
  type ContentHook,
  type ContentOptions,
  MIN_CAP_BYTES,
  readCaptureMode,
  warnOnce,
} from '@tokenmeter/meter'
import { contentScrubber, type CountRedactions, type ScrubberSetting } from './content-scrubber.ts'

/** How content is captured: prompts, answers, and what tools are told and return. */
export interface CaptureOptions {
  /**
   * Where content goes where `withAI` says nothing. Default `NO_CONTENT`. The variable `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` is stronger, and where
   * it is set `withAI` may lower it, but not raise it.
   */
  readonly capture?: CaptureMode
  /** The most that `withAI` may ask for. Default: what the variable says, if it is set, and `SPAN_AND_EVENT` otherwise. */
  readonly captureLimit?: CaptureMode
  /** Most bytes of one message, as JSON in UTF-8. Default 16384, at least 1024. */
  readonly maxMessageBytes?: number
  /** Most bytes of all that is captured of a call. Default 65536, at least 1024. */
  readonly maxCallBytes?: number
  /** `digest`: images, sounds and files are told by type, length and SHA-256; `inline`: as base64, where the caps leave room. Default `digest`. */
  readonly captureMedia?: 'digest' | 'inline'
  /** Whether definitions of tools have their descriptions and parameters, which the conventions advise against. Default false. */
  readonly captureToolSchemas?: boolean
  /** Stores content elsewhere: is given it clean, and returns a reference that is recorded in its place. */
  readonly contentHook?: ContentHook
  /** What is taken out of content before anything else sees it: options of `createScrubber` of `@tokenmeter/scrub`, or a scrubber of your own. */
  readonly scrubber?: ScrubberSetting
}

/** `captureMedia`, all values. */
export const CAPTURE_MEDIA = ['digest', 'inline'] as const

/**
 * The options as the recorder takes them; what cannot be used is said once, and its default is used, or nothing is captured.
 *
 * @param count is told what is taken out of content.
 * @returns `undefined` when nothing can ever be captured: then nobody looks at content at all.
 */
export function contentOptionsOf(options: CaptureOptions, count: CountRedactions): ContentOptions | undefined {
  const { capture, captureLimit } = modesOf(options)
  if (captureLimit === 'NO_CONTENT') return undefined
  const scrubber = contentScrubber(options.scrubber, count)
  if (!scrubber) return undefined
  const { captureMedia: media, captureToolSchemas, contentHook } = options
  const captureMedia =
    media === undefined
      ? undefined
      : (CAPTURE_MEDIA.find((one) => one === media) ?? refuse('captureMedia', 'digest or inline', media))
  const hook =
    contentHook === undefined || typeof contentHook === 'function'
      ? contentHook
      : refuse('contentHook', 'a function', contentHook)
  return {
    scrubber,
    capture,
    captureLimit,
    maxMessageBytes: capOf('maxMessageBytes', options),
    maxCallBytes: capOf('maxCallBytes', options),
    captureToolSchemas: captureToolSchemas === true,
    ...(captureMedia && { captureMedia }),
    ...(hook && { contentHook: hook }),
  }
}

function modesOf(options: CaptureOptions): { readonly capture: CaptureMode; readonly captureLimit: CaptureMode } {
  const asked = modeOf('capture', options.capture) ?? CONTENT_DEFAULTS.capture
  if (options.captureLimit !== undefined) {
    return { capture: asked, captureLimit: modeOf('captureLimit', options.captureLimit) ?? 'NO_CONTENT' }
  }
  const variable = environment()[CAPTURE_VARIABLE]?.trim() || undefined
  if (variable === undefined) return { capture: asked, captureLimit: CONTENT_DEFAULTS.captureLimit }
  const mode = modeOf(CAPTURE_VARIABLE, variable) ?? 'NO_CONTENT'
  return { capture: mode, captureLimit: mode }
}

/** Whoever says something that cannot be understood may have meant less. */
function modeOf(name: string, value: unknown): CaptureMode | undefined {
  if (value === undefined) return undefined
  const mode = readCaptureMode(value)
  if (mode === undefined) refuse(name, CAPTURE_MODES_FORM, value, 'no content is captured')
  return mode ?? 'NO_CONTENT'
}

function capOf(name: 'maxMessageBytes' | 'maxCallBytes', options: CaptureOptions): number {
  const bytes: unknown = options[name] ?? CONTENT_DEFAULTS[name]
  if (typeof bytes === 'number' && Number.isInteger(bytes) && bytes >= MIN_CAP_BYTES) return bytes
  refuse(name, `a whole number of bytes from ${MIN_CAP_BYTES} on`, bytes)
  return CONTENT_DEFAULTS[name]
}

function refuse(name: string, form: string, value: unknown, instead = 'going on without'): undefined {
  const got = typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : typeof value
  warnOnce(name, `tokenmeter: ${name} is ${got}, but must be ${form}; ${instead}`)
  return undefined
}

interface Runtime {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> }
}

function environment(): Readonly<Record<string, string | undefined>> {
  return (globalThis as Runtime).process?.env ?? {}
}
