import { METRIC } from '@tokenmeter/meter'
import { prometheusNameOf } from '../../rules/metric-names.ts'
import { type Board, distribution, lines, number } from '../board.ts'
import { MODELS, perSecond, quantile, SERVICES, yesterday } from '../expressions.ts'

const DURATIONS = 'ai:latency_seconds_bucket:increase5m'
const FIRST_CHUNKS = 'ai:ttft_seconds_bucket:increase5m'
/** Made of spans by the Collector: the only histogram with exemplars, because the SDK for JavaScript has none. */
const SPANS = 'traces_span_metrics_duration_seconds_bucket'
/** Spans have the conventions' label for the model; those that are no calls have none. */
const CALL_SPANS = `${SERVICES}, gen_ai_request_model!="", gen_ai_request_model=~"$model"`
const PER_CHUNK = [METRIC.genAiClientInferenceTimePerOutputChunk, METRIC.genAiClientOperationTimePerOutputChunk].map(
  (definition) => `${prometheusNameOf(definition)}_bucket`,
)

/** How long calls take, and how streams flow. */
export const latency: Board = {
  uid: 'tokenmeter-latency',
  title: 'AI calls: Latency and streaming',
  description: 'How long calls take, and how streams flow. A point in the first row leads to its trace in Jaeger.',
  rows: [
    {
      title: 'Durations, with traces',
      panels: [
        distribution(
          {
            title: 'Durations of calls',
            description: 'From spans, by the Collector. Points are single calls: click one to see its trace in Jaeger.',
            unit: 's',
            width: 12,
          },
          {
            expr: `sum by (le) (increase(${SPANS}{${CALL_SPANS}}[$__rate_interval]))`,
            legend: '{{le}}',
            exemplar: true,
          },
        ),
        lines(
          {
            title: 'Duration with single calls, 95%',
            description:
              'From spans, failed calls included. Points are single calls: click one to see its trace in Jaeger.',
            unit: 's',
            width: 12,
          },
          {
            expr: `histogram_quantile(0.95, sum by (le, gen_ai_request_model) (rate(${SPANS}{${CALL_SPANS}}[$__rate_interval])))`,
            legend: '{{gen_ai_request_model}}',
            exemplar: true,
          },
        ),
      ],
    },
    {
      title: 'Durations',
      panels: [
        lines(
          { title: 'Duration by model, 50%', description: 'ai:latency_seconds:p50_5m.', unit: 's' },
          { expr: `ai:latency_seconds:p50_5m{${MODELS}}`, legend: '{{service_name}} {{model}}' },
        ),
        lines(
          { title: 'Duration by model, 95%', description: 'ai:latency_seconds:p95_5m.', unit: 's' },
          { expr: `ai:latency_seconds:p95_5m{${MODELS}}`, legend: '{{service_name}} {{model}}' },
        ),
        lines(
          { title: 'Duration by model, 99%', description: 'ai:latency_seconds:p99_5m.', unit: 's' },
          { expr: `ai:latency_seconds:p99_5m{${MODELS}}`, legend: '{{service_name}} {{model}}' },
        ),
        lines(
          { title: 'Duration now and yesterday, 95%', description: 'Of calls that succeeded.', unit: 's', width: 12 },
          { expr: quantile(0.95, DURATIONS, ''), legend: 'now' },
          { expr: yesterday(quantile(0.95, DURATIONS, '')), legend: 'yesterday' },
        ),
        lines(
          { title: 'First chunk now and yesterday, 95%', description: 'Of streams.', unit: 's', width: 12 },
          { expr: quantile(0.95, FIRST_CHUNKS, ''), legend: 'now' },
          { expr: yesterday(quantile(0.95, FIRST_CHUNKS, '')), legend: 'yesterday' },
        ),
      ],
    },
    {
      title: 'Streams',
      panels: [
        number(
          {
            title: 'Streams that start slowly',
            description: 'Within five minutes, more than 2.56 s: ai:slo_slow_starts:ratio5m.',
            unit: 'percentunit',
          },
          {
            expr: `sum(ai:slo_slow_starts:increase5m{${SERVICES}}) / (sum(ai:slo_streams:increase5m{${SERVICES}}) > 0)`,
            legend: 'slow',
          },
          { expr: 'ai:threshold_slo_slow_start_ratio', legend: 'objective' },
        ),
        number(
          { title: 'Streams per second', description: 'Those that had a first chunk.', unit: 'reqps' },
          { expr: `sum(ai:slo_streams:increase5m{${SERVICES}}) / 300` },
        ),
        number(
          { title: 'First chunk, 50%', description: 'From the request to the first chunk.', unit: 's' },
          { expr: quantile(0.5, FIRST_CHUNKS, '') },
        ),
        number(
          { title: 'First chunk, 95%', description: 'From the request to the first chunk.', unit: 's' },
          { expr: quantile(0.95, FIRST_CHUNKS, '') },
        ),
        lines(
          { title: 'First chunk by model', description: 'ai:ttft_seconds_bucket:increase5m.', unit: 's' },
          { expr: quantile(0.5, FIRST_CHUNKS, 'model'), legend: '{{model}} 50%' },
          { expr: quantile(0.95, FIRST_CHUNKS, 'model'), legend: '{{model}} 95%' },
        ),
        lines(
          { title: 'Time between chunks, 95%', description: 'In both profiles of the conventions.', unit: 's' },
          {
            expr: `histogram_quantile(0.95, sum by (le, gen_ai_request_model) (${PER_CHUNK.map(
              (name) => `rate(${name}{${SERVICES}, gen_ai_request_model=~"$model"}[$__rate_interval])`,
            ).join(' or ')}))`,
            legend: '{{gen_ai_request_model}}',
          },
        ),
        lines(
          { title: 'Output tokens per second', description: 'Of all calls: ai:tokens:increase5m.', unit: 'short' },
          {
            expr: perSecond('ai:tokens:increase5m', 'model', `${MODELS}, token_type="completion"`),
            legend: '{{model}}',
          },
        ),
      ],
    },
  ],
}
