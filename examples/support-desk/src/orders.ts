import type {
  ChatCompletionMessageParam,
  ChatCompletionMessageToolCall,
  ChatCompletionTool,
} from 'openai/resources/chat/completions'
import { openai } from './clients.ts'
import { ANSWER_MODEL } from './models.ts'
import type { Ticket } from './ticket.ts'

/** Questions to the model before we give up: it asks for an order, reads it, and answers. */
const MAX_TURNS = 4

const ORDERS: Readonly<Record<string, { readonly status: string; readonly carrier: string; readonly due: string }>> = {
  'A-1042': { status: 'shipped', carrier: 'DHL', due: 'Thursday' },
  'B-7731': { status: 'waiting for stock', carrier: 'none yet', due: 'unknown' },
}

const TOOLS: ChatCompletionTool[] = [
  {
    type: 'function',
    function: {
      name: 'find_order',
      description: 'Status, carrier and expected day of an order',
      parameters: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
    },
  },
]

/** Answers a question about an order; the model looks the order up itself. */
export async function answerOrderQuestion(ticket: Ticket): Promise<string> {
  const messages: ChatCompletionMessageParam[] = [
    { role: 'system', content: 'Answer questions about orders. Look the order up first.' },
    { role: 'user', content: ticket.text },
  ]
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const completion = await openai.chat.completions.create({ model: ANSWER_MODEL, messages, tools: TOOLS })
    const message = completion.choices[0]?.message
    if (!message?.tool_calls?.length) return message?.content ?? ''
    messages.push(message, ...message.tool_calls.map(runTool))
  }
  return 'A colleague will look into your order and write to you today.'
}

function runTool(call: ChatCompletionMessageToolCall): ChatCompletionMessageParam {
  return { role: 'tool', tool_call_id: call.id, content: JSON.stringify(findOrder(call) ?? 'no such order') }
}

function findOrder(call: ChatCompletionMessageToolCall): unknown {
  if (call.type !== 'function') return undefined
  const { number } = JSON.parse(call.function.arguments) as { number?: string }
  return ORDERS[number ?? '']
}
