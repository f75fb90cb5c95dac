/** What a customer wrote. */
export interface Ticket {
  readonly text: string
}

/** A request that is not a ticket. */
export class InvalidTicket extends Error {}

/** Reads a ticket from a request body. */
export function readTicket(body: string): Ticket {
  const ticket = parse(body)
  if (typeof ticket?.text === 'string' && ticket.text.trim() !== '') return { text: ticket.text }
  throw new InvalidTicket('Expected a JSON body such as {"text": "Where is my parcel?"}')
}

function parse(body: string): { text?: unknown } | null {
  try {
    return JSON.parse(body) as { text?: unknown } | null
  } catch {
    return null
  }
}
