import { readFile } from 'node:fs/promises'

/** A line of the call log, as far as spans say the same. */
interface CallRecord {
  readonly trace_id: string
  readonly operation: string
  readonly model: string
  readonly status: string
  readonly input_tokens?: number
  readonly output_tokens?: number
  readonly cost_usd?: string
  readonly error_type?: string
}

/** Attributes of a span; in Zipkin all of them are texts. */
type Attributes = Readonly<Record<string, unknown>>

/** What the records of a log say of each call, by trace. */
export async function factsOfRecords(logFile: string): Promise<Map<string, string>> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
  const records = lines.map((line) => JSON.parse(line) as CallRecord)
  return new Map(
    records.map(({ trace_id, operation, model, status, input_tokens, output_tokens, cost_usd, error_type }) => [
      trace_id,
      facts(operation, model, status, input_tokens, output_tokens, cost_usd, error_type),
    ]),
  )
}

/** The same of a span. */
export function factsOfSpan(attributes: Attributes): string {
  const of = (name: string): unknown => attributes[name]
  return facts(
    of('ai.operation'),
    of('gen_ai.request.model'),
    of('ai.status'),
    of('gen_ai.usage.input_tokens'),
    of('gen_ai.usage.output_tokens'),
    of('ai.cost'),
    of('error.type'),
  )
}

function facts(
  operation: unknown,
  model: unknown,
  status: unknown,
  input: unknown,
  output: unknown,
  cost: unknown,
  errorType: unknown,
): string {
  // An embedding has no output: a record says 0, a span says nothing.
  const numbers = [input, output || undefined, cost].map((value) => (value === undefined ? '–' : Number(value)))
  return [operation, model, status, ...numbers, errorType ?? '–'].join(' ')
}
