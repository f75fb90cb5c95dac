import { openai } from './clients.ts'
import { TRIAGE_MODEL } from './models.ts'
import type { Ticket } from './ticket.ts'

/** Who has to look at a ticket, and how soon. */
export interface Triage {
  readonly queue: 'billing' | 'delivery' | 'technical' | 'legal'
  readonly urgent: boolean
}

const TRIAGE_SCHEMA = {
  type: 'object',
  properties: {
    queue: { type: 'string', enum: ['billing', 'delivery', 'technical', 'legal'] },
    urgent: { type: 'boolean' },
  },
  required: ['queue', 'urgent'],
  additionalProperties: false,
}

/** Decides which queue a ticket belongs in. */
export async function triageTicket(ticket: Ticket): Promise<Triage> {
  const completion = await openai.chat.completions.create({
    model: TRIAGE_MODEL,
    reasoning_effort: 'low',
    messages: [
      {
        role: 'developer',
        content: 'Sort the ticket into a queue. Urgent means: someone is hurt, threatened or sued.',
      },
      { role: 'user', content: ticket.text },
    ],
    response_format: { type: 'json_schema', json_schema: { name: 'triage', strict: true, schema: TRIAGE_SCHEMA } },
  })
  return JSON.parse(completion.choices[0]?.message.content ?? '') as Triage
}
