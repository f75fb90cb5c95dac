import { amount, type Board, lines, list, number } from '../board.ts'
import { failureRatio, MODELS, perSecond, quantile, SERVICES, usdPerHour, yesterday } from '../expressions.ts'

/** How it goes: calls, failures, durations and cost now, and the objectives of 30 days. */
export const overview: Board = {
  uid: 'tokenmeter-overview',
  title: 'AI calls: Overview',
  description: 'How it goes: calls, failures, durations and cost now, and the objectives of 30 days.',
  rows: [
    {
      title: 'Now',
      panels: [
        number(
          {
            title: 'Calls per second',
            description: 'Logical calls, retries inside. Mean of five minutes.',
            unit: 'reqps',
          },
          { expr: perSecond('ai:requests:increase5m', ''), legend: 'now' },
          { expr: yesterday(perSecond('ai:requests:increase5m', '')), legend: 'yesterday' },
        ),
        number(
          {
            title: 'Calls that fail',
            description: 'Of those that the application did not stop itself. Failures that a retry cured do not count.',
            unit: 'percentunit',
          },
          { expr: failureRatio(''), legend: 'now' },
          { expr: yesterday(failureRatio('')), legend: 'yesterday' },
        ),
        number(
          {
            title: 'Duration, 95%',
            description: 'Of calls that succeeded, to the end of the stream: ai:latency_seconds_bucket:increase5m.',
            unit: 's',
          },
          { expr: quantile(0.95, 'ai:latency_seconds_bucket:increase5m', ''), legend: 'now' },
          { expr: yesterday(quantile(0.95, 'ai:latency_seconds_bucket:increase5m', '')), legend: 'yesterday' },
        ),
        number(
          { title: 'Cost per hour', description: 'At the pace of the last five minutes.', unit: 'currencyUSD' },
          { expr: usdPerHour(''), legend: 'now' },
          { expr: yesterday(usdPerHour('')), legend: 'yesterday' },
        ),
      ],
    },
    {
      title: 'Course',
      panels: [
        lines(
          { title: 'Calls by model', description: 'ai:requests:increase5m.', unit: 'reqps' },
          { expr: perSecond('ai:requests:increase5m', 'model'), legend: '{{model}}' },
        ),
        lines(
          {
            title: 'Cost Overview',
            description: 'USD per hour by model: ai:cost_usd:increase5m.',
            unit: 'currencyUSD',
          },
          { expr: usdPerHour('model'), legend: '{{model}}' },
        ),
        lines(
          {
            title: 'Token Usage',
            description: 'Tokens per second as the provider counts them; prompt and completion add up to all.',
            unit: 'short',
          },
          { expr: perSecond('ai:tokens:increase5m', 'model, token_type'), legend: '{{model}} {{token_type}}' },
        ),
        lines(
          { title: 'Errors by type', description: 'Failed calls per second: ai:errors:increase5m.', unit: 'reqps' },
          { expr: perSecond('ai:errors:increase5m', 'error_type'), legend: '{{error_type}}' },
        ),
        lines(
          { title: 'Duration', description: 'Of calls that succeeded, to the end of the stream.', unit: 's' },
          ...[0.5, 0.95, 0.99].map((q) => ({
            expr: quantile(q, 'ai:latency_seconds_bucket:increase5m', ''),
            legend: `${q * 100}%`,
          })),
        ),
        lines(
          { title: 'Cost by service', description: 'USD per hour.', unit: 'currencyUSD' },
          { expr: usdPerHour('service_name'), legend: '{{service_name}}' },
        ),
      ],
    },
    {
      title: 'Service level, 30 days',
      panels: [
        amount(
          {
            title: 'Availability',
            description:
              'Share of calls that no fault of the provider or the network spoilt, and the objective (ai:threshold_slo_failure_ratio). As far back as Prometheus has data.',
            unit: 'percentunit',
            timeFrom: '30d',
            width: 8,
          },
          { expr: `1 - ${overRange('ai:slo_failures:increase5m', 'ai:slo_calls:increase5m')}`, legend: 'availability' },
          { expr: '1 - ai:threshold_slo_failure_ratio', legend: 'objective' },
        ),
        amount(
          {
            title: 'Error budget left',
            description: 'All of it is 100%; below 0 the objective of 30 days is missed.',
            unit: 'percentunit',
            timeFrom: '30d',
            width: 8,
          },
          {
            expr: `1 - ${overRange('ai:slo_failures:increase5m', 'ai:slo_calls:increase5m')} / scalar(ai:threshold_slo_failure_ratio)`,
            legend: 'left',
          },
        ),
        amount(
          {
            title: 'Streams that start in time',
            description:
              'Share of streams whose first chunk came within 2.56 s, and the objective (ai:threshold_slo_slow_start_ratio).',
            unit: 'percentunit',
            timeFrom: '30d',
            width: 8,
          },
          { expr: `1 - ${overRange('ai:slo_slow_starts:increase5m', 'ai:slo_streams:increase5m')}`, legend: 'in time' },
          { expr: '1 - ai:threshold_slo_slow_start_ratio', legend: 'objective' },
        ),
        lines(
          {
            title: 'Availability by service against the objective',
            description: 'Of the calls within an hour: 1 − ai:slo_failures:ratio1h.',
            unit: 'percentunit',
            timeFrom: '30d',
            width: 12,
          },
          { expr: `1 - ai:slo_failures:ratio1h{${SERVICES}}`, legend: '{{service_name}}' },
          { expr: '1 - ai:threshold_slo_failure_ratio', legend: 'objective' },
        ),
        lines(
          {
            title: 'Streams that start slowly against the objective',
            description:
              'Share of streams within five minutes that waited more than 2.56 s: ai:slo_slow_starts:ratio5m.',
            unit: 'percentunit',
            timeFrom: '30d',
            width: 12,
          },
          { expr: `ai:slo_slow_starts:ratio5m{${SERVICES}}`, legend: '{{service_name}}' },
          { expr: 'ai:threshold_slo_slow_start_ratio', legend: 'objective' },
        ),
      ],
    },
    {
      title: 'Alerts',
      panels: [
        list(
          { title: 'Alerts that fire', description: 'Empty when all is well.', unit: 'short', width: 16 },
          { expr: 'ALERTS{alertstate="firing"}' },
        ),
        list(
          {
            title: 'Calls by kind and status',
            description: 'Within five minutes: ai:requests:increase5m.',
            unit: 'short',
          },
          { expr: `sum by (operation, status) (ai:requests:increase5m{${MODELS}, status!=""}) > 0` },
        ),
      ],
    },
  ],
}

/**
 * Share of one recorded increase in another within the time range. Every window of five minutes is recorded many times, of both alike, so that the
 * share is right without laying windows end to end.
 */
function overRange(part: string, whole: string): string {
  return `${sumOverRange(part)} / (${sumOverRange(whole)} > 0)`
}

function sumOverRange(recorded: string): string {
  return `sum(sum_over_time(${recorded}{${SERVICES}}[$__range]))`
}
