import { INSTRUMENTS } from '@tokenmeter/meter'
import { type Board, lines, list, number } from '../board.ts'
import { SERVICES } from '../expressions.ts'

const REQUESTS = INSTRUMENTS.requests.prometheusName
const SIGNALS = ['spans', 'metric_points', 'log_records']

/** Whether the numbers on the other boards arrive, and whether somebody would hear of it. */
export const telemetry: Board = {
  uid: 'tokenmeter-telemetry',
  title: 'AI calls: Telemetry health',
  description: 'Whether the numbers on the other boards arrive, and whether somebody would hear of it.',
  rows: [
    {
      title: 'Applications',
      panels: [
        list(
          {
            title: 'Since the last metrics of a service',
            description: 'A service that makes no calls still sends its counters.',
            unit: 's',
          },
          { expr: `time() - max by (service_name) (timestamp(${REQUESTS}{${SERVICES}}))` },
        ),
        list(
          { title: 'Processes of a service', description: 'Those that send metrics now.', unit: 'short' },
          { expr: `count by (service_name) (group by (service_name, instance) (${REQUESTS}{${SERVICES}}))` },
        ),
        list(
          {
            title: 'Series of a metric',
            description: 'The alert AiCardinalityHigh fires at ai:threshold_series.',
            unit: 'short',
          },
          { expr: 'topk(10, count by (__name__) ({__name__=~"(ai|gen_ai)_.+"}))' },
        ),
        lines(
          {
            title: 'Labels that overflow',
            description: 'Series in which the rest is counted together, as other or as otel.metric.overflow.',
            unit: 'short',
            width: 24,
          },
          {
            expr: `count({__name__=~"(ai|gen_ai)_.+", otel_metric_overflow="true"} or ${REQUESTS}{model="other"}) or vector(0)`,
            legend: 'series',
          },
        ),
      ],
    },
    {
      title: 'Collector',
      panels: [
        lines(
          { title: 'Taken in', description: 'Spans, metric points and log records per second.', unit: 'short' },
          ...bySignal('otelcol_receiver_accepted'),
        ),
        lines(
          { title: 'Handed over', description: 'Spans, metric points and log records per second.', unit: 'short' },
          ...bySignal('otelcol_exporter_sent'),
        ),
        lines(
          {
            title: 'Refused',
            description: 'Because memory or a queue is full; applications send again.',
            unit: 'short',
          },
          ...bySignal('otelcol_receiver_refused'),
        ),
        lines(
          { title: 'Given up', description: 'What could not be handed over, and is lost.', unit: 'short' },
          ...bySignal('otelcol_exporter_send_failed'),
        ),
        lines(
          {
            title: 'Queues',
            description: 'Share that is full: what an exporter sends to is slow or down.',
            unit: 'percentunit',
          },
          {
            expr: 'max by (exporter, data_type) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity)',
            legend: '{{exporter}} {{data_type}}',
          },
        ),
        lines(
          { title: 'Memory', description: 'Resident; memory_limiter refuses before it runs out.', unit: 'bytes' },
          { expr: '{__name__=~"otelcol_process_memory_rss(_bytes)?"}', legend: '{{instance}}' },
        ),
      ],
    },
    {
      title: 'Prometheus and Alertmanager',
      panels: [
        lines(
          { title: 'Targets', description: '1 is up, 0 is down.', unit: 'short' },
          { expr: 'up', legend: '{{job}} {{instance}}' },
        ),
        lines(
          { title: 'Duration of scrapes', description: 'By target.', unit: 's' },
          { expr: 'scrape_duration_seconds', legend: '{{job}} {{instance}}' },
        ),
        lines(
          { title: 'Duration of rules', description: 'By group; it must stay below the interval of 15 s.', unit: 's' },
          { expr: 'max by (rule_group) (prometheus_rule_group_last_duration_seconds)', legend: '{{rule_group}}' },
        ),
        number(
          { title: 'Series in memory', description: 'About 5 kB each.', unit: 'short' },
          { expr: 'sum(prometheus_tsdb_head_series)' },
        ),
        number(
          { title: 'Rules that failed', description: 'Within five minutes. Their alerts are blind.', unit: 'short' },
          { expr: 'sum(increase(prometheus_rule_evaluation_failures_total[5m]))' },
        ),
        number(
          { title: 'Alerts that fire', description: 'Of all services.', unit: 'short' },
          { expr: 'count(ALERTS{alertstate="firing"}) or vector(0)' },
        ),
        number(
          {
            title: 'Messages that were lost',
            description: 'Which Alertmanager could not deliver within an hour.',
            unit: 'short',
          },
          { expr: 'sum(increase(alertmanager_notifications_failed_total[1h])) or vector(0)' },
        ),
      ],
    },
  ],
}

/**
 * A counter of the Collector for each signal: with and without the suffix, which depends on how the Collector is asked for its metrics. Those of what goes wrong
 * are born when it does for the first time.
 */
function bySignal(metric: string) {
  return SIGNALS.map((signal) => ({
    expr: `sum(rate({__name__=~"${metric}_${signal}(_total)?"}[$__rate_interval])) or vector(0)`,
    legend: signal.replace('_', ' '),
  }))
}
