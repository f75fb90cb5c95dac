import { readdirSync, readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'

const FOLDER = new URL('schemas/', import.meta.url)

/** `input-messages.json` holds what is in `gen_ai.input.messages`. */
const PREFIX = 'gen_ai'

const ajv = new Ajv({ strict: false, allErrors: true, formats: { binary: true } })

const SCHEMAS: ReadonlyMap<string, ValidateFunction> = new Map(
  readdirSync(FOLDER).map((file) => {
    const schema = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as object
    return [comparable(file.replace('.json', '')), ajv.compile(schema)]
  }),
)

function comparable(name: string): string {
  return name.replaceAll(/[._]/g, '-')
}

/**
 * What is wrong with the content of an attribute, by the JSON schemas of the conventions.
 *
 * @param value structured, or as JSON where it is on a span.
 */
export function contentViolations(name: string, value: unknown): string[] {
  const validate = SCHEMAS.get(comparable(name.slice(PREFIX.length + 1)))
  if (!validate) return [`${name} has no schema here`]
  let content = value
  if (typeof value === 'string') {
    try {
      content = JSON.parse(value)
    } catch {
      return [`${name} is no JSON`]
    }
  }
  if (validate(content)) return []
  return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`).slice(0, 3)
}
