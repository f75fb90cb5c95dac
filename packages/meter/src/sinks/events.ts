import type { Attributes, Context } from '@opentelemetry/api'
import { AI_EVENT } from '../attributes.ts'
import { attributionAttributes } from '../attribution.ts'
import type { Call } from '../call.ts'
import { CALL_LOG_FIELDS } from '../call-log-fields.ts'
import type { CallLogLevel } from '../call-log-record.ts'
import type { Content, ExceptionText } from '../content/content.ts'
import { ATTRIBUTE, EVENT } from '../generated/gen-ai.ts'
import type { SemconvProfile } from '../profile.ts'
import { AttributeObject } from '../attribute-target.ts'
import { setEventContent } from './content-attributes.ts'
import { requestAttributes, setResultAttributes } from './span.ts'

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
 * Says that a call threw, and what kind of exception.
 *
 * @param content with the exception's text, which may quote the prompt: it leaves where content goes to events, and then clean.
 */
export function emitException(logger: EventLogger, call: Call, content: Content | undefined, context: Context): void {
  const { error, errorType } = call.outcome
  if (errorType === undefined) return
  logger.emit({
    eventName: EVENT.genAiClientOperationException,
    ...WARN,
    timestamp: endOf(call),
    attributes: {
      [ATTRIBUTE.exceptionType]: error instanceof Error ? error.constructor.name : errorType,
      ...(content?.exception && exceptionAttributes(content.exception)),
      ...attributionAttributes(call.attribution),
    },
    context,
  })
}

function exceptionAttributes({ message, stacktrace }: ExceptionText): Attributes {
  const attributes: Attributes = { [ATTRIBUTE.exceptionMessage]: message }
  if (stacktrace !== undefined) attributes[ATTRIBUTE.exceptionStacktrace] = stacktrace
  return attributes
}

/** Repeats what the span says about a call, for those who keep logs but no traces, with its content where that goes to events. */
export function emitDetails(
  logger: EventLogger,
  call: Call,
  content: Content | undefined,
  profile: SemconvProfile,
  context: Context,
): void {
  const target = whatTheSpanSays(call, profile)
  if (content) setEventContent(target, content)
  logger.emit({
    eventName: EVENT.genAiClientInferenceOperationDetails,
    ...DEBUG,
    timestamp: endOf(call),
    attributes: target.attributes,
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
    attributes: whatTheSpanSays(call, profile).attributes,
    context,
  })
}

function whatTheSpanSays(call: Call, profile: SemconvProfile): AttributeObject {
  const target = new AttributeObject(requestAttributes(call))
  setResultAttributes(target, call, profile)
  return target
}

const endOf = (call: Call): number => call.startTime + call.timing.duration * 1000
