/** Tokens of one answer, in the sense of OpenAI's `usage`: `cached` is part of `input`, `reasoning` is part of `output`. */
export interface AnswerUsage {
  readonly input: number
  readonly cached?: number
  readonly output: number
  readonly reasoning?: number
}

/** What the provider answers to one HTTP request. */
export type Answer =
  | { readonly kind: 'text'; readonly text: string; readonly usage: AnswerUsage }
  | { readonly kind: 'tool'; readonly name: string; readonly args: object; readonly usage: AnswerUsage }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number }
  | { readonly kind: 'too_long' }

/** One visit to the support desk: what the customer writes, and what the mock answers, request by request. */
export interface Scene {
  readonly path: string
  /** The mock recognises the scene by this text. */
  readonly text: string
  /** None for the knowledge base: the mock makes vectors from the text itself. */
  readonly answers: readonly Answer[]
  /** The customer closes the page after so many pieces of the stream. */
  readonly closesAfter?: number
  /** Cannot be provoked from the real service at will. */
  readonly mockOnly?: true
}

const SOON_SECONDS = 0.05
const BUSY: Answer = { kind: 'busy', retryAfterSeconds: SOON_SECONDS }

/** A day at the desk, squeezed into a few seconds. */
export const SCENES: readonly Scene[] = [
  { path: '/knowledge', text: 'Can I send a kettle back after three weeks?', answers: [] },
  {
    path: '/answer',
    text: 'My kettle arrived broken, the box was wet. What now?',
    answers: [
      say(
        'I am sorry about that. We send you a new kettle today. One photo of the box and one of the kettle, please.',
        {
          input: 1187,
          output: 64,
        },
      ),
    ],
  },
  {
    path: '/answer/live',
    text: 'When will my express order from this morning arrive?',
    answers: [
      say('It arrives tomorrow. Express orders that are placed before 14:00 are delivered on the next working day.', {
        input: 1181,
        cached: 1024,
        output: 48,
      }),
    ],
  },
  {
    path: '/triage',
    text: 'The toaster gave me an electric shock and I am going to call my lawyer.',
    answers: [say('{"queue":"legal","urgent":true}', { input: 118, output: 212, reasoning: 192 })],
  },
  {
    path: '/orders',
    text: 'Where is my order A-1042?',
    answers: [
      { kind: 'tool', name: 'find_order', args: { number: 'A-1042' }, usage: { input: 86, output: 17 } },
      say('Your order A-1042 is on its way with DHL and should reach you on Thursday.', { input: 131, output: 22 }),
    ],
  },
  {
    path: '/answer',
    text: 'Please put our VAT number on the invoice of last week.',
    answers: [
      say('You can add the number yourself: Orders, Invoice, Edit. That works for 14 days after the order.', {
        input: 1183,
        cached: 1024,
        output: 41,
      }),
    ],
  },
  {
    path: '/summary',
    text: 'Thread 4711: kettle leaks, second one leaks too, the customer wants the money back and a word of regret.',
    answers: [
      say('The customer got two leaking kettles. A replacement did not help. Open: refund and an apology.', {
        input: 642,
        output: 71,
      }),
    ],
  },
  {
    path: '/answer/regulated',
    text: 'We are a hospital. Is the spare device covered by our contract?',
    answers: [
      say('Yes. A spare device is lent to you for the time of the repair; please name the ward it should go to.', {
        input: 1189,
        output: 52,
      }),
    ],
  },
  {
    path: '/answer/live',
    text: 'I forgot my password and the link does not work any more.',
    answers: [
      say('The link works once and for one hour. Ask for a new one at the sign-in page and use it at once.', {
        input: 1184,
        cached: 1024,
        output: 50,
      }),
    ],
  },
  {
    path: '/answer',
    text: 'Sale has started and your site is slow: is my gift card still valid?',
    answers: [BUSY, say('Gift cards are valid for three years, so yours is fine.', { input: 1186, output: 27 })],
    mockOnly: true,
  },
  {
    path: '/draft',
    text: 'Write to the customer of thread 4711: refund, regret, a voucher of ten euros.',
    answers: [
      say('Dear [name], we are sorry that both kettles leaked. You get your money back this week, and a voucher.', {
        input: 133,
        output: 96,
      }),
    ],
  },
  {
    path: '/answer/live',
    text: 'How long is the warranty on a battery, and on everything else?',
    answers: [
      say('Two years on devices, one year on batteries. Damage by water is not covered, and wear is not either.', {
        input: 1182,
        output: 60,
      }),
    ],
    closesAfter: 3,
  },
  {
    path: '/answer',
    text: 'Here is my whole diary since 1987, please read it before you answer.',
    answers: [{ kind: 'too_long' }],
    mockOnly: true,
  },
  {
    path: '/answer/preview',
    text: 'Do you deliver to the Faroe Islands?',
    answers: [
      say('Yes, we do. Delivery takes five to nine working days. Customs may ask you for the invoice on the way.', {
        input: 1178,
        output: 55,
      }),
    ],
  },
  { path: '/knowledge', text: 'Who pays for the return of a damaged parcel?', answers: [] },
  {
    path: '/triage',
    text: 'I was charged twice for one coffee machine.',
    answers: [say('{"queue":"billing","urgent":false}', { input: 109, output: 147, reasoning: 128 })],
  },
  {
    path: '/answer',
    text: 'Sale again: can I split the gift card over two orders?',
    answers: [BUSY, BUSY, say('Yes, over as many orders as you like.', { input: 1184, cached: 1024, output: 19 })],
    mockOnly: true,
  },
  {
    path: '/orders',
    text: 'Is B-7731 still waiting? I ordered it weeks ago.',
    answers: [
      { kind: 'tool', name: 'find_order', args: { number: 'B-7731' }, usage: { input: 90, output: 17 } },
      say('B-7731 still waits for stock and no day is known. You can cancel it free of charge.', {
        input: 136,
        output: 31,
      }),
    ],
  },
  {
    path: '/answer/live',
    text: 'My fridge hums at night. Is that normal?',
    answers: [
      say('A low hum is normal while the compressor runs. If it rattles, move the fridge away from the wall first.', {
        input: 1180,
        cached: 1024,
        output: 67,
      }),
    ],
  },
  {
    path: '/answer',
    text: 'Sale, third try: why is nobody answering my question about refunds?',
    answers: [BUSY, BUSY, BUSY],
    mockOnly: true,
  },
  {
    path: '/answer',
    text: 'Can I get the manual of the mixer in Danish?',
    answers: [say('Yes: it is on the page of the mixer, under Manuals.', { input: 1179, cached: 1024, output: 29 })],
  },
  {
    path: '/summary',
    text: 'Thread 4712: the blender was sent back, the refund went to an old card, the bank says wait.',
    answers: [
      say('The refund went to a card that no longer exists. The bank returns it within ten days. Open: tell her.', {
        input: 588,
        output: 63,
      }),
    ],
  },
  {
    path: '/answer/regulated',
    text: 'We are a pharmacy. May we keep the invoices for ten years?',
    answers: [
      say('Yes. They stay in your account for as long as you are a customer, and you can export all of them.', {
        input: 1188,
        cached: 1024,
        output: 44,
      }),
    ],
  },
  {
    path: '/answer/preview',
    text: 'Is the vacuum cleaner loud?',
    answers: [
      say('It is quiet for its class. At full power it reaches 71 decibels, which is like a washing machine.', {
        input: 1176,
        output: 49,
      }),
    ],
  },
  { path: '/knowledge', text: 'What happens to the photographs I sent you?', answers: [] },
  {
    path: '/draft',
    text: 'Write to the customer of thread 4712: the money comes back by itself, ten days at most.',
    answers: [
      say('Dear [name], your bank will return the refund to us, and we will send it to your new card the same day.', {
        input: 138,
        output: 88,
      }),
    ],
  },
  {
    path: '/triage',
    text: 'The heating blanket smokes. Everybody is safe, it is unplugged.',
    answers: [say('{"queue":"technical","urgent":true}', { input: 113, output: 338, reasoning: 320 })],
  },
  {
    path: '/answer/live',
    text: 'May I pay the coffee machine by invoice?',
    answers: [
      say('Companies can. As a private customer you can pay by card, by direct debit or with PayPal.', {
        input: 1177,
        cached: 1024,
        output: 39,
      }),
    ],
  },
]

function say(text: string, usage: AnswerUsage): Answer {
  return { kind: 'text', text, usage }
}
