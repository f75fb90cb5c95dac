import type { JsonObject } from '../wire/json.ts'
import type { Answer, OperationRow, StreamReader } from './row.ts'

/** A stream reader for endpoints that are not streamed: where a provider streams all the same, the last chunk is the answer. */
function lastChunk(read: (chunk: JsonObject) => Answer): () => StreamReader {
  return () => {
    let last: Answer = { response: {} }
    return {
      read: (chunk) => {
        last = read(chunk)
      },
      answer: () => last,
    }
  }
}

/** A stream reader that waits for the event that has the usage; without it nothing is known. */
export function eventWithUsage(types: ReadonlySet<unknown>, read: (event: JsonObject) => Answer): () => StreamReader {
  return () => {
    let found: Answer = { response: {} }
    return {
      read: (event) => {
        if (types.has(event['type'])) found = read(event)
      },
      answer: () => found,
    }
  }
}

/** A row for an endpoint that takes and gives plain JSON and is not streamed. */
export function plainRow(row: Omit<OperationRow, 'createStreamReader'>): OperationRow {
  return { ...row, createStreamReader: lastChunk((chunk) => row.readAnswer(chunk, NO_REQUEST)) }
}

const NO_REQUEST = { stream: false, parameters: {}, inputIsText: true, outputIsText: true } as const
