import type { Sampler, SpanLimits } from '@opentelemetry/sdk-trace'
import type { Environment } from './environment.ts'
import { sdkModules } from './sdk-modules.ts'

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const

/** The sampler of `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`; by default every trace is kept, as OpenTelemetry has it. */
export function createSampler(environment: Environment): Sampler {
  const { AlwaysOffSampler, AlwaysOnSampler, ParentBasedSampler, TraceIdRatioBasedSampler } = sdkModules.sdkTrace()
  const name = environment.choice(['OTEL_TRACES_SAMPLER'], SAMPLERS, 'parentbased_always_on')
  const root = name.endsWith('always_off')
    ? new AlwaysOffSampler()
    : name.endsWith('traceidratio')
      ? new TraceIdRatioBasedSampler(ratio(environment))
      : new AlwaysOnSampler()
  return name.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root
}

function ratio(environment: Environment): number {
  const variable = 'OTEL_TRACES_SAMPLER_ARG'
  const text = environment.text(variable)
  const share = Number(text)
  if (text !== undefined && share >= 0 && share <= 1) return share
  environment.wrong(variable, text ?? '', 'a number from 0 to 1', '1')
  return 1
}

/** Limits of attributes, events and links, from the variables that OpenTelemetry names for them. */
export function spanLimits(environment: Environment): SpanLimits {
  const limits = {
    attributeCountLimit: ['OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
    attributeValueLengthLimit: ['OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
    eventCountLimit: ['OTEL_SPAN_EVENT_COUNT_LIMIT'],
    linkCountLimit: ['OTEL_SPAN_LINK_COUNT_LIMIT'],
    attributePerEventCountLimit: ['OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT'],
    attributePerLinkCountLimit: ['OTEL_LINK_ATTRIBUTE_COUNT_LIMIT'],
  }
  return given(limits, environment)
}

/** Limits of log records, from the variables that OpenTelemetry names for them. */
export function logRecordLimits(environment: Environment): {
  attributeCountLimit?: number
  attributeValueLengthLimit?: number
} {
  const limits = {
    attributeCountLimit: ['OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', 'OTEL_ATTRIBUTE_COUNT_LIMIT'],
    attributeValueLengthLimit: ['OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', 'OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT'],
  }
  return given(limits, environment)
}

function given<Name extends string>(
  limits: Record<Name, readonly string[]>,
  environment: Environment,
): { [N in Name]?: number } {
  const found: { [N in Name]?: number } = {}
  for (const name of Object.keys(limits) as Name[]) {
    const limit = environment.number(limits[name], 0)
    if (limit !== undefined) found[name] = limit
  }
  return found
}
