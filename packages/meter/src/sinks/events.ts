import type { Attributes, Context } from '@opentelemetry/api'
import { AI_EVENT } from '../attributes.ts'
import { attributionAttributes } from '../attribution.ts'
import type { Call } from '../call.ts'
import { CALL_LOG_FIELDS } from '../call-log-fields.ts'
import type { CallLogLevel } from '../call-log-record.ts'
import { ATTRIBUTE, EVENT } from '../generated/gen-ai.ts'
import type { SemconvProfile } from '../profile.ts'
import { requestAttributes, resultAttributes } from './span.ts'

/** The part of an OpenTelemetry `Logger` that is used, so that any version of the logs API fits. */
export interface EventLogger {
  emit(record: {
    eventName: string
    severityNumber: number
    severityText: string
    timestamp: number
    body?: string
    attributes: Attributes
    context: Context
  }): void
}

/** `SeverityNumber` of the OpenTelemetry logs data model. */
const DEBUG = { severityNumber: 5, severityText: 'DEBUG' } as const
const WARN = { severityNumber: 13, severityText: 'WARN' } as const
const SEVERITIES: Readonly<Record<CallLogLevel, { severityNumber: number; severityText: string }>> = {
  info: { severityNumber: 9, severityText: 'INFO' },
  warn: WARN,
  error: { severityNumber: 17, severityText: 'ERROR' },
}

/**
 * Says that a call threw, and what kind of exception. Its text stays here: it may quote the prompt or a key.
 */
export function emitException(logger: EventLogger, call: Call, context: Context): void {
  const { error, errorType } = call.outcome
  if (errorType === undefined) return
  logger.emit({
    eventName: EVENT.genAiClientOperationException,
    ...WARN,
    timestamp: endOf(call),
    attributes: {
      [ATTRIBUTE.exceptionType]: error instanceof Error ? error.constructor.name : errorType,
      ...attributionAttributes(call.attribution),
    },
    context,
  })
}

/** Repeats what the span says about a call, for those who keep logs but no traces. */
export function emitDetails(logger: EventLogger, call: Call, profile: SemconvProfile, context: Context): void {
  logger.emit({
    eventName: EVENT.genAiClientInferenceOperationDetails,
    ...DEBUG,
    timestamp: endOf(call),
    attributes: { ...requestAttributes(call), ...resultAttributes(call, profile) },
    context,
  })
}

/** The line of the log as a record of OpenTelemetry: its message and level, and what the span says. Unlike the details event it is of every operation. */
export function emitCall(logger: EventLogger, call: Call, profile: SemconvProfile, context: Context): void {
  const { level, message } = CALL_LOG_FIELDS
  logger.emit({
    eventName: AI_EVENT.call,
    ...SEVERITIES[level.read(call)],
    timestamp: endOf(call),
    body: message.read(call),
    attributes: { ...requestAttributes(call), ...resultAttributes(call, profile) },
    context,
  })
}

const endOf = (call: Call): number => call.startTime + call.timing.duration * 1000
