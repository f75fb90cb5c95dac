export { type ApiUsage, charactersIn, imageUnits, readApiUsage } from './api-usage.ts'
export { AI_ATTRIBUTE, AI_EVENT } from './attributes.ts'
export type { Attribution } from './attribution.ts'
export {
  BAGGAGE_FORM,
  type BaggageField,
  type BaggageSettings,
  readBaggageSettings,
  setAttributionBaggage,
  withoutAttributionBaggage,
} from './attribution-baggage.ts'
export { METRIC_ATTRIBUTION_FORM, readMetricAttribution } from './attribution-labels.ts'
export type { AIScope, AITotals } from './attribution-scope.ts'
export { BoundedValues, DEFAULT_MAX_LABEL_VALUES } from './bounded-values.ts'
export { type BudgetReading, showBudgets } from './budget-gauges.ts'
export { type BuiltIns, builtIn } from './built-in.ts'
export type * from './call.ts'
export { CALL_LOG_FIELDS, type CallLogField, type CallLogKind, callLogRecord } from './call-log-fields.ts'
export { CALL_LOG_MODULE, CALL_LOG_VERSION, type CallLogLevel, type CallLogRecord } from './call-log-record.ts'
export type { Admission, CallGate, PendingRequest } from './call-gate.ts'
export {
  day,
  FieldReader,
  type Fields,
  flag,
  type Kind,
  list,
  text,
  texts,
  wholeNumber,
  withoutAbsent,
} from './field-reader.ts'
export {
  CAPTURE_MODES,
  CAPTURE_MODES_FORM,
  CAPTURE_VARIABLE,
  type CaptureMode,
  reachesEvent,
  reachesSpan,
  readCaptureMode,
} from './content/capture-mode.ts'
export {
  type Content,
  CONTENT_FIELDS,
  type ContentField,
  type ContentFieldDefinition,
  EMBEDDING_INPUT_ATTRIBUTE,
  type ExceptionText,
  type Message,
  type MessagePart,
  type RawContent,
  type RetrievedDocument,
  type ToolDefinition,
} from './content/content.ts'
export { type BlobLike, Media, mediaOfDataUrl, modalityOf } from './content/media.ts'
export {
  type CapturedContent,
  CONTENT_DEFAULTS,
  type ContentHook,
  type ContentOptions,
  type ContentScrubber,
  MIN_CAP_BYTES,
} from './content/options.ts'
export { TRUNCATED } from './content/json-size.ts'
export type { PendingContent } from './content/pipeline.ts'
export { SCRUB_MARGIN } from './content/text-cleaner.ts'
export { alertOnce, guard, inform, reportFailure, reportPrivately, warnOnce } from './guard.ts'
export { ATTRIBUTE, EVENT, METRIC, type MetricDefinition } from './generated/gen-ai.ts'
export {
  ATTRIBUTION_LABELS,
  type AttributionLabel,
  INSTRUMENTS,
  type InstrumentDefinition,
  type Label,
} from './instruments.ts'
export { boundLabels, claimLocalHistograms } from './instrument-set.ts'
export type { LabelBounds } from './ledger.ts'
export type { LocalHistogramPoint, LocalHistogramSnapshot } from './local-histogram.ts'
export { getMonitor, type Monitor, type RateLimitLabels, type RecordLabels, type TokenType } from './monitor.ts'
export { type Operation, type OperationConvention, OPERATION_CONVENTIONS } from './operation.ts'
export { type OtelGlobal, registered } from './otel-globals.ts'
export { PROVIDER_SOURCE } from './price-source.ts'
export { profileMetrics, SEMCONV_PROFILES, type SemconvProfileName } from './profile.ts'
export { type EventLoggerProvider, type OpenCall, Recorder, type RecorderOptions } from './recorder.ts'
export type { EventLogger } from './sinks/events.ts'
export { countRedactions } from './redactions.ts'
export { claimSpanAttributes } from './span-attributes.ts'
export { type Status, STATUSES } from './status.ts'
export { agent, tool, type ToolFacts } from './traced-function.ts'
export { untraced } from './untraced.ts'
export {
  type ModalityTokens,
  type NormalisedUsage,
  normaliseUsage,
  type ReportedModalities,
  type ReportedUsage,
  type Usage,
  type UsageProblem,
} from './usage.ts'
export { decimalUsd, usdFromPico } from './usd.ts'
export { type AIMiddleware, type AISettings, currentAI, type WithAI, withAI } from './with-ai.ts'
export { METER_SCOPE, SEMCONV_GENAI_VERSION } from './version.ts'
