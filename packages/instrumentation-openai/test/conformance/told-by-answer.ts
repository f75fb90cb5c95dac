import type { Answer } from '../support/wire-server.ts'
import type { Told } from './told-by-request.ts'

type Json = Readonly<Record<string, unknown>>

/**
 * What an answer of 200 says, by the attributes of the conventions that must then be there: recommended is what the answer carries. Read from
 * the bytes on the wire, independently of what the instrumentation reads.
 *
 * @returns `undefined` for answers that are neither a whole JSON body nor a whole stream of events.
 */
export function toldByAnswer(path: string, answer: Answer): Told | undefined {
  if ((answer.status ?? 200) !== 200 || answer.silent || (answer.after ?? 'end') !== 'end') return undefined
  const endpoint = /\/(chat\/completions|completions|responses|embeddings)(?:\?|$)/.exec(path)?.[1]
  if (!endpoint) return undefined
  const isStream = answer.pieces !== undefined
  const bodies = isStream ? eventsOf(answer.pieces ?? []) : [jsonOf(answer)]
  if (bodies.length === 0 || bodies.includes(undefined)) return undefined
  return toldBy(endpoint, bodies as readonly Json[], isStream)
}

function toldBy(endpoint: string, bodies: readonly Json[], isStream: boolean): Told | undefined {
  const last = bodies.at(-1) ?? {}
  if (endpoint === 'embeddings') {
    return {
      ...models(last),
      'gen_ai.embeddings.dimension.count': dimensions(last),
      'gen_ai.usage.input_tokens': usageOf(last)['prompt_tokens'],
    }
  }
  if (endpoint === 'responses') {
    const whole = isStream ? object(last['response']) : last
    if (whole['status'] !== 'completed') return undefined
    return {
      ...models(whole),
      'gen_ai.response.id': whole['id'],
      ...(isShortened(whole) && { 'gen_ai.conversation.compacted': true }),
      'openai.response.service_tier': whole['service_tier'],
      ...usageTold(usageOf(whole), 'input', 'output'),
    }
  }
  const first = bodies[0] ?? {}
  const usage = bodies.findLast((body) => body['usage'])
  return {
    ...models(first),
    'gen_ai.response.id': first['id'],
    'openai.response.service_tier': bodies.findLast((body) => body['service_tier'])?.['service_tier'],
    'openai.response.system_fingerprint': bodies.findLast((body) => body['system_fingerprint'])?.['system_fingerprint'],
    'gen_ai.response.finish_reasons': finishReasons(bodies),
    ...usageTold(usageOf(usage ?? {}), 'prompt', 'completion'),
  }
}

function isShortened({ output }: Json): boolean {
  return Array.isArray(output) && output.some((item) => object(item)['type'] === 'compaction')
}

const models = (body: Json): Told => ({ 'gen_ai.response.model': body['model'] })
const usageOf = (body: Json): Json => object(body['usage'])

function usageTold(usage: Json, input: string, output: string): Told {
  const [inputs, outputs] = [object(usage[`${input}_tokens_details`]), object(usage[`${output}_tokens_details`])]
  return {
    'gen_ai.usage.input_tokens': usage[`${input}_tokens`],
    'gen_ai.usage.output_tokens': usage[`${output}_tokens`],
    'gen_ai.usage.cache_read.input_tokens': inputs['cached_tokens'],
    'gen_ai.usage.cache_write.input_tokens': inputs['cache_write_tokens'],
    'gen_ai.usage.text.input_tokens': inputs['text_tokens'],
    'gen_ai.usage.audio.input_tokens': inputs['audio_tokens'],
    'gen_ai.usage.image.input_tokens': inputs['image_tokens'],
    'gen_ai.usage.reasoning.output_tokens': outputs['reasoning_tokens'],
    'gen_ai.usage.text.output_tokens': outputs['text_tokens'],
    'gen_ai.usage.audio.output_tokens': outputs['audio_tokens'],
    'gen_ai.usage.image.output_tokens': outputs['image_tokens'],
  }
}

/** Of the first vector: numbers, or the base64 of four bytes each. */
function dimensions({ data }: Json): number | undefined {
  const { embedding } = object(Array.isArray(data) ? (data as unknown[])[0] : undefined)
  if (Array.isArray(embedding)) return embedding.length
  return typeof embedding === 'string' ? Buffer.from(embedding, 'base64').length / 4 : undefined
}

/** One for each choice, in order; those that never end are said to have ended in an error. */
function finishReasons(bodies: readonly Json[]): readonly unknown[] | undefined {
  const reasons: unknown[] = []
  const choices = bodies.flatMap(({ choices: list }) => (Array.isArray(list) ? (list as unknown[]) : []))
  for (const choice of choices) {
    const { index = 0, finish_reason: reason } = object(choice)
    reasons[Number(index)] = reason ?? reasons[Number(index)] ?? 'error'
  }
  return reasons.length > 0 ? reasons : undefined
}

function eventsOf(pieces: NonNullable<Answer['pieces']>): readonly (Json | undefined)[] {
  const bytes = pieces.filter((piece) => typeof piece !== 'symbol').map((piece) => Buffer.from(piece))
  const lines = Buffer.concat(bytes)
    .toString('utf8')
    .split(/\r\n|\r|\n/)
  const data = lines.filter((line) => line.startsWith('data: ')).map((line) => line.slice('data: '.length))
  return data.filter((line) => line !== '[DONE]').map(parse)
}

function jsonOf({ json, body }: Answer): Json | undefined {
  return body === undefined ? object(json) : parse(Buffer.from(body).toString('utf8'))
}

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

function parse(body: string): Json | undefined {
  try {
    return object(JSON.parse(body))
  } catch {
    return undefined
  }
}
