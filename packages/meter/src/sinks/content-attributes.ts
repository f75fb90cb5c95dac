import type { AttributeValue } from '@opentelemetry/api'
import { AI_ATTRIBUTE } from '../attributes.ts'
import { type Content, CONTENT_FIELDS, type ContentField, EMBEDDING_INPUT_ATTRIBUTE } from '../content/content.ts'
import type { Operation } from '../operation.ts'
import type { AttributeTarget } from '../attribute-target.ts'

const FIELDS = Object.keys(CONTENT_FIELDS) as ContentField[]

/** Content as attributes of a span: JSON texts, which every version of the API and every backend takes. */
export function setSpanContent(target: AttributeTarget, content: Content, operation: Operation): void {
  for (const field of FIELDS) {
    const value = content[field]
    if (value === undefined) continue
    const isEmbedded = operation === 'embedding' && field === 'inputMessages'
    const name = isEmbedded ? EMBEDDING_INPUT_ATTRIBUTE : CONTENT_FIELDS[field].attribute
    target.setAttribute(name, typeof value === 'string' ? value : JSON.stringify(value))
  }
  setNotes(target, content)
}

/** Content as attributes of an event: structured, as the conventions demand. */
export function setEventContent(target: AttributeTarget, content: Content): void {
  for (const field of FIELDS) {
    const value = content[field]
    if (value === undefined || !CONTENT_FIELDS[field].isOnEvent) continue
    // Older versions of the API have a narrower type; the logs SDK takes values of any depth.
    target.setAttribute(CONTENT_FIELDS[field].attribute, value as AttributeValue)
  }
  setNotes(target, content)
}

function setNotes(target: AttributeTarget, { isTruncated, reference }: Content): void {
  if (isTruncated) target.setAttribute(AI_ATTRIBUTE.contentTruncated, true)
  if (reference !== undefined) target.setAttribute(AI_ATTRIBUTE.contentReference, reference)
}
