/** Name of the metric that is sent. */
export const METRIC = 'ai.requests'
const SERIES = 50
const MINUTE_MS = 60_000

/** Requests as OTLP/JSON: a counter of a process for each series, told every minute from `fromMs` on. */
export function* metricBodies(fromMs: number, toMs: number): Generator<Uint8Array> {
  for (let timeMs = fromMs; timeMs < toMs; timeMs += MINUTE_MS) {
    const dataPoints = Array.from({ length: SERIES }, (_, series) => ({
      timeUnixNano: `${timeMs}000000`,
      asInt: String(Math.round(((timeMs - fromMs) / MINUTE_MS) * (series + 1))),
      attributes: [{ key: 'ai.feature', value: { stringValue: `feature ${series}` } }],
    }))
    const sum = { isMonotonic: true, aggregationTemporality: 2, dataPoints }
    const metrics = [{ name: METRIC, unit: '{request}', sum }]
    yield Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }))
  }
}
