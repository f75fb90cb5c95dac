import type { CallResponse, Units, Usage, UsagePiece } from '@tokenmeter/meter'
import { asInteger, asObject, asText, type JsonObject } from '../wire/json.ts'
import { addUsage } from '../wire/usage-sum.ts'
import { BATCH_TIER } from './batches.ts'
import {
  type Answer,
  type BatchOutput,
  type Draft,
  type LineReader,
  type OperationRow,
  put,
  type UsedContainer,
} from './row.ts'
import { addUnits } from './unit-sum.ts'

/** Prompts that differ by less are charged alike: no list has a step that is not a multiple of it. */
const PIECE_TOKENS = 1000

/**
 * `GET /files/{}/content` of the answers of a batch that has not told what they cost. A row for the one file, which is a line of JSON for each request.
 *
 * @param endpoint the row of what the requests asked.
 * @param isUsageTold whether the batch has told its tokens, so that only their price is missing.
 */
export function batchOutput({ fileId }: BatchOutput, endpoint: OperationRow, isUsageTold: boolean): OperationRow {
  const createLineReader = (): LineReader => new BatchOutputReader(fileId, endpoint, isUsageTold)
  return {
    operation: 'batch_retrieval',
    readRequest: () => ({ stream: false, parameters: {}, inputIsText: false, outputIsText: false }),
    readAnswer: (line) => readAll(createLineReader(), line),
    createStreamReader: createLineReader,
    createLineReader,
  }
}

/** A file of one line may be read as the JSON that it is. */
function readAll(reader: LineReader, line: JsonObject): Answer {
  reader.read(line)
  return reader.answer()
}

interface Piece {
  usage: Usage
  requests: number
  longestInput: number
}

class BatchOutputReader implements LineReader {
  readonly #fileId: string
  readonly #endpoint: OperationRow
  readonly #isUsageTold: boolean
  readonly #models = new Set<string | undefined>()
  readonly #pieces = new Map<number, Piece>()
  readonly #containers: UsedContainer[] = []
  #units: Units | undefined
  #isComplete = true

  constructor(fileId: string, endpoint: OperationRow, isUsageTold: boolean) {
    this.#fileId = fileId
    this.#endpoint = endpoint
    this.#isUsageTold = isUsageTold
  }

  read({ response }: JsonObject): void {
    const { status_code: status, body } = asObject(response) ?? {}
    const answered = asObject(body)
    // What was refused is not charged.
    if (!answered || (asInteger(status) ?? 0) >= 400) return
    const request = this.#endpoint.readRequest({ model: answered['model'] }, { ids: [], query: {}, route: '' })
    const { usage, units, containers = [] } = this.#endpoint.readAnswer(answered, request)
    this.#models.add(asText(answered['model']))
    this.#containers.push(...containers)
    if (units) this.#units = this.#units ? addUnits(this.#units, units) : units
    if (usage) this.#add(usage)
    else this.#isComplete &&= units !== undefined
  }

  #add(usage: Usage): void {
    const key = Math.ceil(usage.inputTokens / PIECE_TOKENS)
    const piece = this.#pieces.get(key)
    if (!piece) {
      this.#pieces.set(key, { usage, requests: 1, longestInput: usage.inputTokens })
      return
    }
    piece.usage = addUsage(piece.usage, usage)
    piece.requests += 1
    piece.longestInput = Math.max(piece.longestInput, usage.inputTokens)
  }

  answer(): Answer {
    const response: Draft<CallResponse> = { id: this.#fileId, serviceTier: BATCH_TIER }
    const [model] = this.#models
    if (this.#models.size === 1) put(response, 'model', model)
    const pieces: readonly UsagePiece[] = [...this.#pieces.values()]
    if (!this.#isComplete || (pieces.length === 0 && !this.#units)) return { response }
    return {
      response,
      pieces,
      ...(!this.#isUsageTold && pieces.length > 0 && { usage: pieces.map(({ usage }) => usage).reduce(addUsage) }),
      units: this.#units,
      containers: this.#containers,
      chargeId: this.#fileId,
    }
  }
}
