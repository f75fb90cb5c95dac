import type { ContentField, RawContent } from '@tokenmeter/meter'
import type { JsonObject } from '../../wire/json.ts'

/** Puts the content of a streamed answer together, within bounds. */
export interface ContentStreamReader {
  read(chunk: JsonObject): void
  /** What has arrived so far; texts are in pieces until then. */
  content(): RawContent
}

/**
 * What of an endpoint's requests and answers is content, in the schemas of the GenAI conventions. Asked only where content is captured. The functions are
 * pure and accept any JSON; texts are handed on as they are, media as `Media`.
 */
export interface RowContent {
  /** All that there can be. Tests compare it with what is recorded, and `docs/privacy.md` is made from it. */
  readonly fields: readonly ContentField[]
  /** @param body of a JSON request what it says; of a form its texts, and its files as `Media`. */
  readRequest(body: JsonObject): RawContent
  /** @param body the parsed answer; a text where the application asked for one. */
  readAnswer(body: unknown): RawContent
  /** Absent: the last chunk is the answer. */
  createStreamReader?(): ContentStreamReader
}

const NOTHING: RawContent = {}

/** Nothing of an answer is content. */
export const noContent = (): RawContent => NOTHING
