import { MalformedOtlpError } from '../otlp/telemetry.ts'
import { FilterError } from '../query/filter.ts'
import type { Queries } from '../query/queries.ts'
import type { OtlpExport } from '../receiver/receiver.ts'
import type { PackedBuffers, PackedSpans } from './packed-spans.ts'
import type { StoreBounds } from './pruner.ts'
import { SchemaVersionError } from './schema.ts'

/** What the thread of the database is asked. */
export type StoreRequest = { readonly id: number } & (
  | { readonly kind: 'take'; readonly received: OtlpExport | PackedSpans }
  | { readonly kind: 'query'; readonly name: keyof Queries; readonly args: readonly unknown[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'close' }
)

/** What is answered. The first answer, with the id 0, says that the file is open. */
export type StoreResponse = { readonly id: number } & (
  | { readonly result: unknown; readonly error?: undefined }
  | { readonly error: ErrorMessage }
) & {
    /** Those of packed spans that are not used any more. */
    readonly buffers?: PackedBuffers
  }

/** An error on its way between threads, which its class does not survive. */
export interface ErrorMessage {
  readonly name: string
  readonly message: string
}

/** Settings as the thread of the database gets them. */
export interface StoreThreadData {
  readonly file: string | undefined
  readonly bounds: StoreBounds
}

/** Makes an error ready for its way. */
export function messageOf(error: unknown): ErrorMessage {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: 'Error', message: String(error) }
}

const ERRORS = [MalformedOtlpError, FilterError, SchemaVersionError]

/** The error that was sent. */
export function errorOf({ name, message }: ErrorMessage): Error {
  const Class = ERRORS.find((candidate) => candidate.name === name) ?? Error
  return new Class(message)
}
