import type { Attributes, AttributeValue } from '@opentelemetry/api'

/** What takes attributes one by one, as a span does: an object of all of them would be garbage at every call. */
export interface AttributeTarget {
  setAttribute(name: string, value: AttributeValue): unknown
}

/** Puts them into an object, for what takes them together. */
export class AttributeObject implements AttributeTarget {
  readonly attributes: Attributes

  /** @param attributes to which others are added. */
  constructor(attributes: Attributes) {
    this.attributes = attributes
  }

  setAttribute(name: string, value: AttributeValue): void {
    this.attributes[name] = value
  }
}
