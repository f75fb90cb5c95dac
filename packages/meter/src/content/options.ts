import type { SpanContext } from '@opentelemetry/api'
import type { Call } from '../call.ts'
import type { CaptureMode } from './capture-mode.ts'
import type { Content } from './content.ts'

/** Takes personal data and secrets out of texts, as `createScrubber` of `@tokenmeter/scrub` makes one. What it throws withholds the text. */
export interface ContentScrubber {
  /**
   * Gets ready where that takes time: called when a call begins whose content is captured. What comes to `false` captures nothing; without it, the
   * scrubber is ready.
   */
  prepare?(): boolean | Promise<boolean>
  scrub(text: string): string
  /** The same for all texts within plain JSON; without it each text is scrubbed by itself. */
  scrubJson?(value: unknown): unknown
  /** What a recogniser that takes its time makes of a text that is clean already. Where it fails, the text is withheld. */
  recognise?(text: string): Promise<string>
}

/** What a `contentHook` is given: clean, and within the caps. */
export interface CapturedContent {
  /** Without its content. */
  readonly call: Call
  readonly content: Content
  /** Of the call's span. */
  readonly spanContext: SpanContext | undefined
}

/**
 * Stores content elsewhere.
 *
 * @returns where it is, which is recorded in its place; `undefined`: it is recorded as without the hook.
 */
export type ContentHook = (captured: CapturedContent) => string | undefined | PromiseLike<string | undefined>

/** How content is captured. Everything has a default but the scrubber: nothing leaves without one. */
export interface ContentOptions {
  readonly scrubber: ContentScrubber
  /** Where content goes where `withAI` says nothing. Default `NO_CONTENT`. */
  readonly capture?: CaptureMode
  /** The most that `withAI` may ask for. Default `SPAN_AND_EVENT`. */
  readonly captureLimit?: CaptureMode
  /** Most bytes of one message, as JSON in UTF-8. Default 16384, at least 1024. */
  readonly maxMessageBytes?: number
  /** Most bytes of all messages of a call together. Default 65536, at least 1024. */
  readonly maxCallBytes?: number
  /** `digest`: images, sounds and files are `{ generic_type, mime, bytes, sha256 }`; `inline`: as base64, where the caps leave room. Default `digest`. */
  readonly captureMedia?: 'digest' | 'inline'
  /** Whether definitions of tools have descriptions and parameters, which the conventions advise against. Default false. */
  readonly captureToolSchemas?: boolean
  /** How long the scrubber may take for one part of a message, in milliseconds; what takes longer is withheld. Default 500. */
  readonly scrubBudgetMs?: number
  /** Is given every content before it is recorded. What it throws is said once, and nothing of that content is recorded. */
  readonly contentHook?: ContentHook
}

/** The defaults of `ContentOptions`. */
export const CONTENT_DEFAULTS: Readonly<Omit<Required<ContentOptions>, 'scrubber' | 'contentHook'>> = {
  capture: 'NO_CONTENT',
  captureLimit: 'SPAN_AND_EVENT',
  maxMessageBytes: 16_384,
  maxCallBytes: 65_536,
  captureMedia: 'digest',
  captureToolSchemas: false,
  scrubBudgetMs: 500,
}

/** The least that a cap may be: below it a mark would be all that is left. */
export const MIN_CAP_BYTES = 1024
