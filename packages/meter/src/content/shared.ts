import type { ContentPipeline } from './pipeline.ts'

/** On the global object, because functions that `tool` returns may be of another copy of this package than the recorder. */
const SHARED = Symbol.for('tokenmeter.content')
const holder = globalThis as { [SHARED]?: ContentPipeline | undefined }

/** The pipeline for the tools of functions that `tool` returns. The first that is shared stays, until it is taken back. */
export function sharePipeline(pipeline: ContentPipeline): void {
  holder[SHARED] ??= pipeline
}

export function unsharePipeline(pipeline: ContentPipeline): void {
  if (holder[SHARED] === pipeline) holder[SHARED] = undefined
}

export function sharedPipeline(): ContentPipeline | undefined {
  return holder[SHARED]
}
