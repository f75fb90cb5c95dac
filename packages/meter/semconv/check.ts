import { AI_ATTRIBUTE, AI_EVENT } from '../src/attributes.ts'
import { type InstrumentDefinition, INSTRUMENTS } from '../src/instruments.ts'
import { attributeViolations, type BeyondEnums, isOurs } from './check-attributes.ts'
import type { Emitted, EmittedEvent, EmittedMetric, EmittedSpan } from './emitted.ts'
import { bucketBoundaries, definedMetric, definedSpan, type Registry } from './registry.ts'

const AI_INSTRUMENTS: ReadonlyMap<string, InstrumentDefinition> = new Map(
  Object.values(INSTRUMENTS).map((definition) => [definition.name, definition]),
)

/** Everything that contradicts the registry, or our own tables where a name is ours, as sentences, each once. */
export function violationsOf(emitted: Emitted, registry: Registry, beyond: BeyondEnums = {}): string[] {
  const found = [
    ...emitted.spans.flatMap((span) => about(`span ${span.name}`, spanViolations(span, registry, beyond))),
    ...emitted.metrics.flatMap((metric) => about(`metric ${metric.name}`, metricViolations(metric, registry, beyond))),
    ...emitted.events.flatMap((event) => about(`event ${event.name}`, eventViolations(event, registry, beyond))),
  ]
  return [...new Set(found)]
}

const about = (signal: string, found: readonly string[]): string[] => found.map((one) => `${signal}: ${one}`)

function spanViolations(span: EmittedSpan, registry: Registry, beyond: BeyondEnums): string[] {
  const { attributes, kind, status, statusMessage, events } = span
  const operation = String(attributes['gen_ai.operation.name'])
  const defined = definedSpan(registry, operation, attributes['gen_ai.provider.name'])
  const errorType = attributes['error.type']
  const name = nameOf(span)
  const rules: readonly (readonly [boolean, string])[] = [
    [span.name !== name, `its name must be ${name}`],
    [kind !== defined.kind, `its kind is ${kind}, but must be ${defined.kind}`],
    [anyOf(registry, attributes).some((value) => typeof value !== 'string'), 'content on spans must be JSON'],
    [status === 'ok', 'its status is ok, which only the application may set'],
    [
      (status === 'error') !== (errorType !== undefined),
      `its status is ${status}, its error.type ${String(errorType)}`,
    ],
    // What an exception says may quote the prompt or a key.
    [statusMessage !== undefined && statusMessage !== errorType, 'its status says more than the type of the error'],
  ]
  return [
    ...rules.filter(([isBroken]) => isBroken).map(([, violation]) => violation),
    ...attributeViolations(registry, defined.attributes, attributes, beyond),
    ...events.flatMap((event) => about(`span event ${event.name}`, spanEventViolations(event, registry, beyond))),
  ]
}

/** Values of the attributes that may be anything: those with content. */
const anyOf = (registry: Registry, attributes: Readonly<Record<string, unknown>>): unknown[] =>
  Object.entries(attributes).flatMap(([name, value]) => (registry.attributes[name]?.type === 'any' ? [value] : []))

/** The operation and, where it is known, what it is done with. */
function nameOf({ attributes }: EmittedSpan): string {
  const operation = String(attributes['gen_ai.operation.name'])
  const keys: Readonly<Record<string, string>> = {
    retrieval: 'gen_ai.data_source.id',
    execute_tool: 'gen_ai.tool.name',
    invoke_agent: 'gen_ai.agent.name',
    administration: AI_ATTRIBUTE.route,
  }
  const what = attributes[keys[operation] ?? 'gen_ai.request.model']
  return what === undefined ? operation : `${operation} ${String(what)}`
}

function spanEventViolations(
  { name, attributes }: EmittedSpan['events'][number],
  registry: Registry,
  beyond: BeyondEnums,
): string[] {
  if (name !== AI_EVENT.attempt) return ['it is not ours, and the conventions have none']
  return attributeViolations(registry, { 'error.type': { requirement_level: 'recommended' } }, attributes, beyond)
}

function metricViolations(metric: EmittedMetric, registry: Registry, beyond: BeyondEnums): string[] {
  const ours = AI_INSTRUMENTS.get(metric.name)
  if (ours) return aiMetricViolations(metric, ours)
  const definition = registry.metrics[metric.name]
  if (!definition) return ['it is neither in the registry nor in our table']
  const { unit, instrument, value_type: valueType } = definition
  const shape = { unit, instrument, valueType: valueType ?? 'double', boundaries: bucketBoundaries(metric.name) }
  return [
    ...shapeViolations(metric, shape),
    ...metric.points.flatMap(({ attributes }) => {
      const uses = definedMetric(registry, metric.name, attributes['gen_ai.provider.name'])?.attributes ?? {}
      const alien = Object.keys(attributes).filter(isOurs)
      return [
        ...alien.map((name) => `${name} is ours, and has no place in a metric of the conventions`),
        ...attributeViolations(registry, uses, attributes, beyond),
        ...familyViolations(metric.name, String(attributes['gen_ai.operation.name']), registry),
      ]
    }),
  ]
}

/** Where the registry has metrics for inferences and for embeddings, calls of each are in their own. */
function familyViolations(metric: string, operation: string, registry: Registry): string[] {
  if (!('gen_ai.client.inference.duration' in registry.metrics)) return []
  const others = ['retrieval', 'fetch_response']
  const isInference = registry.enums['gen_ai.operation.name']?.includes(operation) && !others.includes(operation)
  const inferred = isInference ? 'inference' : 'operation'
  const family = operation === 'embeddings' ? 'embeddings' : inferred
  const measured = /^gen_ai\.client\.(\w+)\./.exec(metric)?.[1]
  return measured === undefined || measured === family ? [] : [`a call of ${operation} is no ${measured}`]
}

function aiMetricViolations(
  metric: EmittedMetric,
  { kind, unit, buckets, labels, ...ours }: InstrumentDefinition,
): string[] {
  const found = shapeViolations(metric, { unit, instrument: kind, valueType: metric.valueType, boundaries: buckets })
  if (metric.description !== ours.description) found.push('its description is not that of the table')
  for (const { attributes } of metric.points) {
    const names = Object.keys(attributes)
    // Counters that alerts use exist, without labels, before anything has happened.
    const isStart = names.length === 0 && ours.startsAtZero
    if (!isStart && names.join() !== labels.join())
      found.push(`its labels are ${names.join()}, but must be ${labels.join()}`)
  }
  return found
}

type Shape = { readonly [K in 'unit' | 'instrument' | 'valueType' | 'boundaries']: unknown }

function shapeViolations(metric: EmittedMetric, expected: Shape): string[] {
  return (['unit', 'instrument', 'valueType', 'boundaries'] as const)
    .filter((key) => JSON.stringify(metric[key]) !== JSON.stringify(expected[key]))
    .map((key) => `its ${key} is ${String(metric[key])}, but must be ${String(expected[key])}`)
}

const DETAILS = 'gen_ai.client.inference.operation.details'
const EXCEPTION = 'gen_ai.client.operation.exception'
/** Severities of the events of the conventions: DEBUG and WARN of the data model of logs. */
const SEVERITIES: Readonly<Record<string, number>> = { [DETAILS]: 5, [EXCEPTION]: 13 }

function eventViolations(event: EmittedEvent, registry: Registry, beyond: BeyondEnums): string[] {
  const { name, body, severityNumber, attributes } = event
  const definition = registry.events[name]
  if (!definition) return ['it is not in the registry']
  const rules: readonly (readonly [boolean, string])[] = [
    [anyOf(registry, attributes).some((value) => typeof value === 'string'), 'content on events must not be text'],
    [body !== undefined, 'it has a body, but everything is to be in its attributes'],
    [severityNumber !== SEVERITIES[name], `its severity is ${severityNumber}, but must be ${SEVERITIES[name]}`],
    [
      name === EXCEPTION && !('exception.type' in attributes) && !('exception.message' in attributes),
      'exception.type or exception.message is required and missing',
    ],
  ]
  // Details repeat the span, refinements of OpenAI's included.
  const span = definedSpan(registry, String(attributes['gen_ai.operation.name']), attributes['gen_ai.provider.name'])
  const uses = name === DETAILS ? { ...span.attributes, ...definition.attributes } : definition.attributes
  return [
    ...rules.filter(([isBroken]) => isBroken).map(([, violation]) => violation),
    ...attributeViolations(registry, uses, attributes, beyond),
  ]
}
