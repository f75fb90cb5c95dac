/** Service whose data the doctor sends. */
export const DOCTOR_SERVICE = 'tokenmeter-doctor'
/** Name in Prometheus of the metric that it sends: one series, whatever it is run. */
export const DOCTOR_METRIC = 'tokenmeter_doctor'

const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: DOCTOR_SERVICE } }] }
const SPAN_ID_LENGTH = 16
const KIND_INTERNAL = 1
/** Gateways that sample keep the traces of errors. */
const STATUS_ERROR = 2
/** Few enough digits for a double. */
const VALUE_DIGITS = 12

/** The value that a run gives the metric of the doctor. */
export function testValue(runId: string): number {
  return Number.parseInt(runId.slice(0, VALUE_DIGITS), 16)
}

/** A request with one span in OTLP/JSON. */
export function testSpan(runId: string): unknown {
  const now = nanoseconds()
  const span = {
    traceId: runId,
    spanId: runId.slice(0, SPAN_ID_LENGTH),
    name: 'tokenmeter doctor',
    kind: KIND_INTERNAL,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
    status: { code: STATUS_ERROR, message: 'a test of tokenmeter doctor, no failure' },
  }
  return { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans: [span] }] }] }
}

/** A request with one gauge in OTLP/JSON. */
export function testMetric(runId: string): unknown {
  const dataPoints = [{ timeUnixNano: nanoseconds(), asDouble: testValue(runId) }]
  const metric = { name: DOCTOR_METRIC, gauge: { dataPoints } }
  return { resourceMetrics: [{ resource: RESOURCE, scopeMetrics: [{ metrics: [metric] }] }] }
}

function nanoseconds(): string {
  return `${Date.now()}000000`
}
