import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import { azure, openai } from './clients.ts'
import { HANDBOOK } from './handbook.ts'
import { ANSWER_MODEL, REGULATED_DEPLOYMENT } from './models.ts'
import type { Ticket } from './ticket.ts'

/** A feature this desk has not been set up for. */
export class NotConfigured extends Error {}

/** Answers a ticket. */
export async function answerTicket(ticket: Ticket): Promise<string> {
  const completion = await openai.chat.completions.create({
    model: ANSWER_MODEL,
    messages: conversation(ticket),
    temperature: 0.2,
  })
  return completion.choices[0]?.message.content ?? ''
}

/** Answers a ticket of a regulated customer: it must not leave our own Azure resource. */
export async function answerRegulatedTicket(ticket: Ticket): Promise<string> {
  if (!azure) throw new NotConfigured('Regulated customers need AZURE_OPENAI_ENDPOINT to be set')
  const completion = await azure.chat.completions.create({
    model: REGULATED_DEPLOYMENT,
    messages: conversation(ticket),
    temperature: 0.2,
  })
  return completion.choices[0]?.message.content ?? ''
}

/** Answers a ticket while the customer watches. */
export async function* answerLive(ticket: Ticket): AsyncGenerator<string, void, undefined> {
  const stream = await openai.chat.completions.create({
    model: ANSWER_MODEL,
    messages: conversation(ticket),
    temperature: 0.2,
    stream: true,
    stream_options: { include_usage: true },
  })
  for await (const chunk of stream) {
    const text = chunk.choices[0]?.delta.content
    if (text) yield text
  }
}

/** The first sentence of an answer, for the list of tickets. Nobody waits for the rest. */
export async function previewAnswer(ticket: Ticket): Promise<string> {
  let preview = ''
  for await (const text of answerLive(ticket)) {
    preview += text
    const end = preview.search(/[.!?]\s/)
    if (end !== -1) return preview.slice(0, end + 1)
  }
  return preview
}

function conversation(ticket: Ticket): ChatCompletionMessageParam[] {
  return [
    { role: 'system', content: HANDBOOK },
    { role: 'user', content: ticket.text },
  ]
}
