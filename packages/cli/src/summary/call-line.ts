import { CALL_LOG_MODULE, CALL_LOG_VERSION, picoFromDecimal } from '@tokenmeter/meter/call-log'

/** What a line of the log adds to a summary. */
export interface CallLine {
  readonly timestamp: string | undefined
  readonly model: string | undefined
  readonly operation: string | undefined
  readonly provider: string | undefined
  readonly status: string | undefined
  readonly feature: string | undefined
  readonly tenant: string | undefined
  readonly inputTokens: number
  readonly outputTokens: number
  readonly picoUsd: bigint | undefined
  readonly isUnpriced: boolean
  /** Attempts after the first. */
  readonly retries: number
}

/**
 * What is not a call. `foreign`: somebody else's line. `torn`: one of ours that does not make sense, as when a disk was full. `newer`: one of a
 * later version, which may mean something else.
 */
export type OtherLine = 'foreign' | 'torn' | 'newer'

/** As it is in every line of ours, whoever serialised it. */
const MARK = new RegExp(`"module"\\s*:\\s*"${CALL_LOG_MODULE}"`)

/**
 * Reads one line. Other loggers may have wrapped it: fields of theirs may be beside ours, and text before it, such as the name of a container.
 */
export function readCallLine(line: string): CallLine | OtherLine {
  if (!MARK.test(line)) return 'foreign'
  const fields = parse(line)
  if (!fields) return 'torn'
  if (fields['module'] !== CALL_LOG_MODULE) return 'foreign'
  const version = fields['schema_version']
  if (!isCount(version)) return 'torn'
  return version > CALL_LOG_VERSION ? 'newer' : (readFields(fields) ?? 'torn')
}

type Fields = Readonly<Record<string, unknown>>

/** A line of ours is flat: whatever comes before its one brace, text or the beginning of a line that was torn, can be left out. */
function parse(line: string): Fields | undefined {
  for (const start of new Set([line.indexOf('{'), line.lastIndexOf('{"')])) {
    try {
      return JSON.parse(line.slice(start)) as Fields
    } catch {
      // Then from the last one on.
    }
  }
  return undefined
}

function readFields(fields: Fields): CallLine | undefined {
  const inputTokens = fields['input_tokens'] ?? 0
  const outputTokens = fields['output_tokens'] ?? 0
  const attempts = fields['attempts'] ?? 0
  const cost = fields['cost_usd']
  const picoUsd = typeof cost === 'string' ? picoFromDecimal(cost) : undefined
  if (!isCount(inputTokens) || !isCount(outputTokens) || !isCount(attempts)) return undefined
  if (cost !== undefined && picoUsd === undefined) return undefined
  return {
    timestamp: textOf(fields['timestamp']),
    model: textOf(fields['model']),
    operation: textOf(fields['operation']),
    provider: textOf(fields['provider']),
    status: textOf(fields['status']),
    feature: textOf(fields['feature']),
    tenant: textOf(fields['tenant']),
    inputTokens,
    outputTokens,
    picoUsd,
    isUnpriced: fields['unpriced'] !== undefined,
    retries: Math.max(0, attempts - 1),
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
