import type { Attributes, AttributeValue } from '../otlp/telemetry.ts'

/** JSON of what OTLP holds: integers beyond 2^53 are `{"$integer": "…"}`, bytes are `{"$base64": "…"}`, NaN and infinities are texts. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, held: unknown): unknown => {
    if (typeof held === 'bigint') return { $integer: String(held) }
    if (held instanceof Uint8Array) return { $base64: Buffer.from(held).toString('base64') }
    if (typeof held === 'number' && !Number.isFinite(held)) return String(held)
    return held
  })
}

/** The same for attributes, which mostly are texts and numbers: then it is some times faster. */
export function attributesText(attributes: Attributes): string {
  for (const name in attributes) {
    if (!isPlain(attributes[name])) return jsonText(attributes)
  }
  return JSON.stringify(attributes)
}

function isPlain(value: AttributeValue | undefined): boolean {
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value === 'string' || typeof value === 'boolean') return true
  return Array.isArray(value) && (value as readonly AttributeValue[]).every(isPlain)
}

/** Attributes as a text that is the same for the same attributes, whatever their order. */
export function canonicalText(attributes: Attributes): string {
  return jsonText(Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1))))
}
