import { isDeepStrictEqual } from 'node:util'
import type { EmittedSpan } from '../../../meter/semconv/emitted.ts'
import type { Exchanges } from './exchanges.ts'
import { toldByAnswer } from './told-by-answer.ts'
import { toldByRequest } from './told-by-request.ts'

const UNREADABLE = 'what the platform does with a body of its own is out of sight (ARCHITECTURE.md, limits)'
const NOT_SAID = 'no API answers so, and what makes no sense is left out'

/** Reviewed: scenarios in which spans and bytes differ, and why. */
export const EXPLAINED: Readonly<Record<string, string>> = {
  'asResponse, cloned and teed': UNREADABLE,
  'a raw body through pipes and halves': UNREADABLE,
  'an answer with JSON that says it is text': 'for the client it is a text, and the application gets it as one',
  'a stream that is asked for and answered with JSON': 'the client finds no event in it',
  'Azure: forms, bytes and paths by hand, bound to a deployment': 'this answer names the deployment, which is no model',
  'a body of the application: a string, bytes, a stream': 'bodies that the application has written itself are not read',
  'odd parameters': 'nobody can send them, or no API takes them',
  'odd parameters of Responses and embeddings': 'nobody can send them, or no API takes them',
  'odd answers to a chat completion': NOT_SAID,
  'odd answers to a Responses call': NOT_SAID,
  'odd streams': NOT_SAID,
}

/** Of every stream that brought something, and of nothing else. */
const FIRST_CHUNK = 'gen_ai.response.time_to_first_chunk'

/** How the spans of a run differ from what went over the wire. */
export interface WireDifferences {
  /** How many spans had requests, and answers, to compare with. */
  readonly compared: { readonly requests: number; readonly answers: number }
  /** By scenario. */
  readonly found: ReadonlyMap<string, readonly string[]>
}

/**
 * Compares each span with the request and the answer that have its request id: what they carry must be there, with that value, and what
 * they do not carry must not. Answers count where the call was a success.
 */
export function wireDifferences(spans: readonly EmittedSpan[], exchanges: Exchanges): WireDifferences {
  const found = new Map<string, string[]>()
  const compared = { requests: 0, answers: 0 }
  const note = (scenario: string, difference: string): void =>
    void found.set(scenario, [...(found.get(scenario) ?? []), difference])
  for (const { attributes } of spans) {
    const exchange = exchanges.get(attributes['server.port'], attributes['ai.request_id'])
    if (!exchange) continue
    const { scenario, request, answer } = exchange
    const asked = toldByRequest(request)
    const answered = attributes['ai.status'] === 'success' ? toldByAnswer(request.path, answer) : undefined
    if (asked) compared.requests += 1
    if (answered) compared.answers += 1
    const isTimed = typeof attributes[FIRST_CHUNK] === 'number'
    if (answered && isTimed !== (asked?.['gen_ai.request.stream'] === true)) {
      note(scenario, `${FIRST_CHUNK} is ${JSON.stringify(attributes[FIRST_CHUNK])}`)
    }
    const isRefined = /^(openai|azure\.ai\.openai)$/.test(String(attributes['gen_ai.provider.name']))
    for (const [name, value] of Object.entries({ ...asked, ...answered })) {
      if (name.startsWith('openai.') && !isRefined) continue
      if (isDeepStrictEqual(attributes[name], value ?? undefined)) continue
      note(scenario, `${name} is ${JSON.stringify(attributes[name])}, on the wire ${JSON.stringify(value)}`)
    }
  }
  return { compared, found }
}
