import {
  ATTRIBUTION_LABELS,
  INSTRUMENTS,
  type MetricDefinition,
  profileMetrics,
  SEMCONV_PROFILES,
} from '@tokenmeter/meter'
import { groupingLabelsOf, selectorsOf } from './promql.ts'
import { readRules } from './rule-files.ts'

const ours = new Map(Object.values(INSTRUMENTS).map((instrument) => [instrument.prometheusName, instrument]))
/** Names of the conventions, in all profiles, as Prometheus has them. */
const conventions = new Set(SEMCONV_PROFILES.flatMap(profileMetrics).map(prometheusNameOf))
const recorded = new Map(readRules().flatMap(({ rule }) => (rule.record ? [[rule.record, rule.expr] as const] : [])))
/** What the servers of the stack say about themselves. */
const SERVERS = /^(?:up|scrape_\w+|ALERTS|otelcol_\w+|prometheus_\w+|alertmanager_\w+)$/
/** What the connector `span_metrics` of the Collector makes of spans, under its own namespace. */
const SPAN_METRICS = /^traces_span_metrics_(?:calls_total|duration_seconds)$/
/** Labels of the resource, which Prometheus promotes or makes. */
const RESOURCE_LABELS = ['deployment_environment_name', 'service_name']

/** The name that a metric of the conventions has in Prometheus: unit and kind become suffixes. */
export function prometheusNameOf({ name, unit, instrument }: MetricDefinition): string {
  return name.replaceAll('.', '_') + (unit === 's' ? '_seconds' : '') + (instrument === 'counter' ? '_total' : '')
}

/** The instrument of ours that a series is of: `ai_request_duration_seconds_bucket` is one of a histogram's. */
export function instrumentOf(metric: string) {
  return ours.get(metric) ?? ours.get(withoutSuffix(metric))
}

/** Whether a metric is one of ours, of the conventions, recorded by a rule, or told by a server. */
export function isKnownMetric(metric: string): boolean {
  return (
    instrumentOf(metric) !== undefined ||
    conventions.has(withoutSuffix(metric)) ||
    recorded.has(metric) ||
    SERVERS.test(metric) ||
    SPAN_METRICS.test(withoutSuffix(metric))
  )
}

/** Labels that a series of this name may have; `undefined` when that is not for us to say. */
export function labelsOfMetric(metric: string): string[] | undefined {
  const instrument = instrumentOf(metric)
  if (instrument) {
    const own = [...instrument.labels, ...(instrument.kind === 'counter' ? ATTRIBUTION_LABELS : [])]
    return [...own, ...RESOURCE_LABELS, ...(metric.endsWith('_bucket') ? ['le'] : [])]
  }
  const expression = recorded.get(metric)
  if (expression === undefined) return undefined
  const grouped = groupingLabelsOf(expression)
  return grouped.length > 0
    ? grouped
    : selectorsOf(expression).flatMap(({ metric: source }) => labelsOfMetric(source ?? '') ?? [])
}

function withoutSuffix(metric: string): string {
  return metric.replace(/_(?:bucket|count|sum)$/, '')
}
