import type { WireRequest } from '../support/wire-server.ts'

/** Values of attributes, by name; `undefined` stands for one that must be absent. */
export type Told = Readonly<Record<string, unknown>>
type Json = Readonly<Record<string, unknown>>

/**
 * What a request says, by the attributes of the conventions that must then be there, and nothing else: conditionally required is what the
 * request carries. Read from the bytes on the wire, independently of what the instrumentation reads.
 *
 * @returns `undefined` for endpoints and bodies of which nothing is expected.
 */
export function toldByRequest({ path, body }: WireRequest): Told | undefined {
  const endpoint = /\/(chat\/completions|completions|responses|embeddings)(?:\?|$)/.exec(path)?.[1]
  const json = parse(body)
  if (!endpoint || !json) return undefined
  const { model, n, stop } = json
  const common = {
    'gen_ai.request.model': text(model),
    'gen_ai.request.stream': json['stream'] === true ? true : undefined,
    'gen_ai.request.temperature': json['temperature'] ?? undefined,
    'gen_ai.request.top_p': json['top_p'] ?? undefined,
    'openai.request.service_tier': json['service_tier'] === 'auto' ? undefined : json['service_tier'],
  }
  switch (endpoint) {
    case 'embeddings':
      return {
        'gen_ai.request.model': text(model),
        'gen_ai.request.encoding_formats': json['encoding_format'] === 'base64' ? undefined : [json['encoding_format']],
      }
    case 'responses':
      return { ...common, ...toldByResponsesRequest(json) }
    default:
      return {
        ...common,
        'gen_ai.request.max_tokens': whole(json['max_completion_tokens'] ?? json['max_tokens']),
        'gen_ai.request.frequency_penalty': json['frequency_penalty'],
        'gen_ai.request.presence_penalty': json['presence_penalty'],
        'gen_ai.request.seed': whole(json['seed']),
        'gen_ai.request.choice.count': n === 1 ? undefined : whole(n),
        'gen_ai.request.stop_sequences': typeof stop === 'string' ? [stop] : list(stop),
        'gen_ai.request.reasoning.level': json['reasoning_effort'],
        'gen_ai.output.type': list(json['modalities'])?.includes('audio')
          ? 'speech'
          : outputType(json['response_format']),
      }
  }
}

function toldByResponsesRequest(json: Json): Told {
  const { conversation } = json
  return {
    'gen_ai.request.max_tokens': whole(json['max_output_tokens']),
    'gen_ai.request.reasoning.level': object(json['reasoning'])['effort'],
    'gen_ai.request.previous_response.id': json['previous_response_id'],
    'gen_ai.conversation.id': typeof conversation === 'string' ? conversation : object(conversation)['id'],
    'gen_ai.conversation.compacted': list(json['input'])?.some(isCompaction) ? true : undefined,
    'gen_ai.prompt.name': object(json['prompt'])['id'],
    'gen_ai.prompt.version': object(json['prompt'])['version'],
    'gen_ai.output.type': outputType(object(json['text'])['format']),
  }
}

const isCompaction = (item: unknown): boolean => object(item)['type'] === 'compaction'

function outputType(format: unknown): string | undefined {
  const { type } = object(format)
  if (type === 'json_object' || type === 'json_schema') return 'json'
  return type === 'text' ? 'text' : undefined
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const whole = (value: unknown): unknown => (Number.isInteger(value) ? value : undefined)
const list = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) && value.length > 0 ? value : undefined
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

function parse(body: string): Json | undefined {
  try {
    return object(JSON.parse(body))
  } catch {
    return undefined
  }
}
