import type { Call } from '../call.ts'
import { reportPrivately } from '../guard.ts'
import { atMost, type CaptureMode } from './capture-mode.ts'
import { Cleaning, type Steps } from './cleaning.ts'
import type { Content, RawContent } from './content.ts'
import { ContentQueue } from './content-queue.ts'
import { type CapturedContent, CONTENT_DEFAULTS, type ContentHook, type ContentOptions } from './options.ts'
import { WITHHELD } from './text-cleaner.ts'

/** How long a `contentHook` may take until its content is let go. */
const HOOK_TIMEOUT_MS = 10_000

/** About what the arguments and the result of a tool hold on to, in UTF-16 units: no more than their caps. */
const VALUES_SIZE = 16_384

/** Content of a call that has ended, which nobody has looked at yet. */
export interface PendingContent {
  /** About how many UTF-16 units of text it holds on to. */
  readonly size: number
  /** Off the caller's path. */
  read(): RawContent
}

/** The way of content from where it was said to where it is recorded: clean, within its caps, and off the caller's path. */
export class ContentPipeline {
  readonly options: ContentOptions
  readonly #queue = new ContentQueue()

  constructor(options: ContentOptions) {
    this.options = options
  }

  /** @param asked by the scope of the call. */
  modeOf(asked: CaptureMode | undefined): CaptureMode {
    const { capture = CONTENT_DEFAULTS.capture, captureLimit = CONTENT_DEFAULTS.captureLimit } = this.options
    const mode = atMost(asked ?? capture, captureLimit)
    if (mode !== 'NO_CONTENT') void this.#prepare()
    return mode
  }

  /** Hands over the content of a call once it is clean; `undefined` where there is none that may leave. */
  call(
    pending: PendingContent,
    call: Call,
    spanContext: CapturedContent['spanContext'],
    tell: (content?: Content) => void,
  ): void {
    const { contentHook } = this.options
    const cleaning = new Cleaning(this.options)
    const prepare = this.#prepare
    function* steps(): Steps<void> {
      if (!(yield* prepared(prepare()))) return tell()
      const content = yield* cleaning.clean(pending.read())
      const isEmpty = Object.keys(content).length === 0
      if (!contentHook || isEmpty) return tell(isEmpty ? undefined : content)
      tell(yield* hooked(contentHook, { call, content, spanContext }))
    }
    this.#queue.add({ size: pending.size, steps, giveUp: () => tell() })
  }

  /** Hands over values once they are clean, in their order. */
  values(values: readonly unknown[], tell: (...clean: unknown[]) => void): void {
    const cleaning = new Cleaning(this.options)
    const prepare = this.#prepare
    const withheld = values.map((value) => (value === undefined ? undefined : WITHHELD))
    function* steps(): Steps<void> {
      if (!(yield* prepared(prepare()))) return tell(...withheld)
      const clean: unknown[] = []
      for (const value of values) {
        clean.push(value === undefined ? undefined : yield* cleaning.value(value))
        yield undefined
      }
      tell(...clean)
    }
    this.#queue.add({ size: VALUES_SIZE, steps, giveUp: () => tell(...withheld) })
  }

  /** Whether the scrubber is ready, or will be. */
  readonly #prepare = (): boolean | Promise<boolean> => {
    try {
      const ready = this.options.scrubber.prepare?.() ?? true
      return typeof ready === 'boolean' ? ready : ready.catch(unprepared)
    } catch (error) {
      return unprepared(error)
    }
  }

  /** Records at once what waits, within `withinMs`, and the rest without its content. */
  settle(withinMs: number): void {
    this.#queue.settle(withinMs)
  }
}

function unprepared(error: unknown): false {
  reportPrivately('preparing the scrubber', error)
  return false
}

function* prepared(ready: boolean | Promise<boolean>): Steps<boolean> {
  return typeof ready === 'boolean' ? ready : (yield ready) === true
}

/** What is recorded of content that the hook has seen: all of it, a reference in its place, or nothing where the hook failed. */
function* hooked(hook: ContentHook, captured: CapturedContent): Steps<Content | undefined> {
  let stored: unknown
  try {
    stored = hook(captured)
  } catch (error) {
    reportPrivately('contentHook', error)
    return undefined
  }
  if (isThenable(stored)) stored = yield inTime(stored)
  if (stored === undefined) return captured.content
  return typeof stored === 'string' ? { reference: stored } : undefined
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof (value as PromiseLike<unknown> | undefined)?.then === 'function'

/** Resolves to `null` when the promise fails or is late, so that nothing is recorded. */
function inTime(promise: PromiseLike<unknown>): Promise<unknown> {
  return new Promise((resolve) => {
    const late = (): void => fail(new Error(`no answer within ${HOOK_TIMEOUT_MS} ms`))
    const timer: unknown = setTimeout(late, HOOK_TIMEOUT_MS)
    ;(timer as { unref?: () => void }).unref?.()
    const fail = (error: unknown): void => {
      reportPrivately('contentHook', error)
      resolve(null)
    }
    const end = (settle: () => void): void => {
      clearTimeout(timer as Parameters<typeof clearTimeout>[0])
      settle()
    }
    promise.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => fail(error)),
    )
  })
}
