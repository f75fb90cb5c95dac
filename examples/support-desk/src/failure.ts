import { APIConnectionError, APIError, BadRequestError, RateLimitError } from 'openai'
import { NotConfigured } from './answer.ts'
import { InvalidTicket } from './ticket.ts'

/** What the customer is told when something went wrong. */
export interface Failure {
  readonly status: number
  readonly message: string
}

/** Turns any exception into words for the customer, and writes what nobody expected to the log. */
export function explain(error: unknown): Failure {
  if (error instanceof InvalidTicket) return { status: 400, message: error.message }
  if (error instanceof NotConfigured) return { status: 501, message: error.message }
  if (error instanceof RateLimitError)
    return { status: 503, message: 'We are very busy. Please try again in a minute.' }
  if (error instanceof BadRequestError && error.code === 'context_length_exceeded') {
    return { status: 413, message: 'Your message is too long. Please send the long part as an attachment.' }
  }
  if (error instanceof APIConnectionError) return { status: 502, message: 'Our assistant cannot be reached.' }
  if (error instanceof APIError) return { status: 502, message: 'Our assistant could not answer.' }
  console.error('Unexpected failure', error)
  return { status: 500, message: 'Something went wrong on our side.' }
}
