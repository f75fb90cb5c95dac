import { openai } from './clients.ts'
import { ANSWER_MODEL } from './models.ts'
import type { Ticket } from './ticket.ts'

/** Sums a long thread up for the colleague who takes over. */
export async function summariseThread(ticket: Ticket): Promise<string> {
  const response = await openai.responses.create({
    model: ANSWER_MODEL,
    instructions: 'Sum the thread up in three sentences for a colleague: the wish, what was tried, what is open.',
    input: ticket.text,
    max_output_tokens: 300,
  })
  return response.output_text
}

/** Drafts a letter; the colleague sees it grow and edits it before it is sent. */
export async function* draftLetter(ticket: Ticket): AsyncGenerator<string, void, undefined> {
  const events = await openai.responses.create({
    model: ANSWER_MODEL,
    instructions: 'Draft a friendly letter that solves the problem. Leave names as [placeholders].',
    input: ticket.text,
    stream: true,
  })
  for await (const event of events) {
    if (event.type === 'response.output_text.delta') yield event.delta
  }
}
