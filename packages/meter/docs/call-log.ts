import { readFileSync } from 'node:fs'
import { CALL_LOG_FIELDS, CALL_LOG_VERSION, type CallLogField, type CallLogKind } from '../src/index.ts'
import { code, table } from './markdown.ts'

/** The page about logs; the table of fields in it is made, the rest is written. */
export const LOGS_PAGE: URL = new URL('../../../docs/logs.md', import.meta.url)

/** The JSON Schema of a line, which is published with the package. */
export const SCHEMA_FILE: URL = new URL('../call-log.schema.json', import.meta.url)

const BEGIN = '<!-- fields: made by `pnpm generate` -->'
const END = '<!-- end of fields -->'

type JsonSchema = Readonly<Record<string, unknown>>

/** How a kind of value is written in JSON, and what the page calls it. */
const KINDS: Readonly<Record<CallLogKind, { readonly schema: JsonSchema; readonly called: string }>> = {
  timestamp: { schema: { type: 'string', format: 'date-time' }, called: 'time' },
  text: { schema: { type: 'string', maxLength: 256 }, called: 'text' },
  word: { schema: { type: 'string' }, called: 'text' },
  flag: { schema: { type: 'boolean' }, called: '`true` or `false`' },
  count: { schema: { type: 'integer', minimum: 0 }, called: 'whole number' },
  units: { schema: { type: 'number', minimum: 0 }, called: 'number' },
  seconds: { schema: { type: 'number', minimum: 0 }, called: 'seconds' },
  decimal: { schema: { type: 'string', pattern: '^\\d+(\\.\\d{1,12})?$' }, called: 'decimal in a text' },
  day: { schema: { type: 'string', format: 'date' }, called: 'day' },
  id: { schema: { type: 'string', pattern: '^([0-9a-f]{16}|[0-9a-f]{32})$' }, called: 'hexadecimal' },
}

interface Documented {
  readonly name: string
  readonly description: string
  readonly isRequired: boolean
  readonly field: CallLogField<unknown>
}

/** The fields, with the docstrings of `src/call-log-record.ts`. */
function documentedFields(): Documented[] {
  const source = readFileSync(new URL('../src/call-log-record.ts', import.meta.url), 'utf8')
  return Object.entries<CallLogField<unknown>>(CALL_LOG_FIELDS).map(([name, field]) => {
    const [, description, optional] = new RegExp(`/\\*\\* (.+) \\*/\\n  readonly ${name}(\\??): `).exec(source) ?? []
    if (description === undefined) throw new Error(`src/call-log-record.ts: ${name} needs a docstring of one line`)
    return { name, description, isRequired: optional === '', field }
  })
}

const schemaOf = ({ description, field: { kind, words } }: Documented): JsonSchema =>
  words ? { description, enum: words } : { description, ...KINDS[kind].schema }

/** The JSON Schema of a line. Fields that a later version of ours adds are welcome. */
export function callLogSchema(): JsonSchema {
  const fields = documentedFields()
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://github.com/tokenmeter/tokenmeter/call-log/v${CALL_LOG_VERSION}`,
    title: 'A line of the log of Tokenmeter: one finished AI call',
    type: 'object',
    required: fields.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    properties: Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])),
    additionalProperties: true,
  }
}

const valuesOf = ({ kind, words }: CallLogField<unknown>): string =>
  words ? words.map((value) => code(String(value))).join(', ') : KINDS[kind].called

/** The table of fields in `docs/logs.md`. */
function callLogTable(): string {
  const rows = documentedFields().map(({ name, description, isRequired, field }) => [
    code(name),
    valuesOf(field),
    isRequired ? 'always' : 'if known',
    description,
  ])
  return table(['Field', 'Value', 'There', 'Meaning'], rows)
}

/** `docs/logs.md` with its table of fields as it must be. */
export function logsPage(): string {
  const [before, , after] = readFileSync(LOGS_PAGE, 'utf8').split(new RegExp(`${BEGIN}|${END}`))
  if (before === undefined || after === undefined) throw new Error(`docs/logs.md needs the lines ${BEGIN} and ${END}`)
  return `${before}${BEGIN}\n\n${callLogTable()}\n\n${END}${after}`
}
