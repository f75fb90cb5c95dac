import { INSTRUMENTS } from '@tokenmeter/meter'
import { bars, type Board, lines, list, number } from '../board.ts'
import { failureRatio, MODELS, perSecond, SERVICES, topTen, total } from '../expressions.ts'

const { errors, rateLimitHits, rateLimitRemaining, rateLimitLimit, requests, retries } = INSTRUMENTS

/** What fails and why, and how close the limits are. */
export const errorsBoard: Board = {
  uid: 'tokenmeter-errors',
  title: 'AI calls: Errors and limits',
  description: 'What fails and why, and how close the limits of the provider are.',
  rows: [
    {
      title: 'Failures',
      panels: [
        number(
          {
            title: 'Calls that fail',
            description: 'Of those that the application did not stop itself.',
            unit: 'percentunit',
          },
          { expr: failureRatio('') },
        ),
        number(
          {
            title: 'Answers with 429, for each call',
            description: 'Retried ones too, which the application may not notice.',
            unit: 'percentunit',
          },
          {
            expr: `sum(ai:rate_limit_hits:increase5m{${MODELS}}) / clamp_min(sum(ai:requests:increase5m{${MODELS}}), 1)`,
          },
        ),
        number(
          { title: 'Retries per second', description: 'Attempts after the first.', unit: 'reqps' },
          { expr: perSecond('ai:retries:increase5m', '') },
        ),
        number(
          {
            title: 'Time since the last 429',
            description: 'As far back as an hour; empty when there was none.',
            unit: 's',
          },
          {
            expr: `time() - max(max_over_time(timestamp(ai:rate_limit_hits:increase5m{${MODELS}} > 0)[1h:]))`,
          },
        ),
        lines(
          {
            title: 'Calls that fail, by service and model',
            description: 'Share within five minutes.',
            unit: 'percentunit',
            width: 12,
          },
          { expr: failureRatio('service_name, model'), legend: '{{service_name}} {{model}}' },
        ),
        lines(
          { title: 'Errors by type', description: 'Per second: ai:errors:increase5m.', unit: 'reqps', width: 12 },
          { expr: perSecond('ai:errors:increase5m', 'error_type'), legend: '{{error_type}}' },
        ),
        list(
          { title: 'Errors', description: 'Within the time range.', unit: 'short', width: 12 },
          { expr: `${total(errors, 'service_name, model, provider, error_type')} > 0` },
        ),
        bars(
          {
            title: 'Calls by status',
            description: 'Within the time range; cancelled is what the application stopped.',
            unit: 'short',
            width: 12,
          },
          { expr: topTen(requests, 'status'), legend: '{{status}}' },
        ),
      ],
    },
    {
      title: 'Limits',
      panels: [
        lines(
          {
            title: 'Answers with 429 by reason',
            description: 'Per second: ai:rate_limit_hits:increase5m.',
            unit: 'reqps',
          },
          { expr: perSecond('ai:rate_limit_hits:increase5m', 'reason'), legend: '{{reason}}' },
        ),
        lines(
          { title: 'Retries by reason', description: 'Per second: ai:retries:increase5m.', unit: 'reqps' },
          { expr: perSecond('ai:retries:increase5m', 'reason'), legend: '{{reason}}' },
        ),
        lines(
          {
            title: 'Quota that is left',
            description: 'Share, by the headers of the provider; the alert AiRateLimitHeadroomLow looks at it.',
            unit: 'percentunit',
          },
          {
            expr: `min by (service_name, model, kind) (${rateLimitRemaining.prometheusName}{${MODELS}} / ${rateLimitLimit.prometheusName}{${MODELS}})`,
            legend: '{{service_name}} {{model}} {{kind}}',
          },
        ),
        list(
          { title: 'Answers with 429', description: 'Within the time range.', unit: 'short', width: 12 },
          { expr: `${total(rateLimitHits, 'service_name, model, reason')} > 0` },
        ),
        list(
          { title: 'Retries', description: 'Within the time range.', unit: 'short', width: 12 },
          { expr: `${total(retries, 'service_name, model, reason')} > 0` },
        ),
      ],
    },
    {
      title: 'Error budget',
      panels: [
        lines(
          {
            title: 'Burn rate, one hour',
            description:
              'Times faster than the budget of 30 days allows; the alert AiErrorBudgetBurnFast fires at the line.',
            unit: 'short',
            width: 12,
          },
          {
            expr: `ai:slo_failures:ratio1h{${SERVICES}} / scalar(ai:threshold_slo_failure_ratio)`,
            legend: '{{service_name}}',
          },
          { expr: 'ai:threshold_burn_fast', legend: 'alert' },
        ),
        lines(
          {
            title: 'Burn rate, six hours',
            description:
              'Times faster than the budget of 30 days allows; the alert AiErrorBudgetBurnSlow fires at the line.',
            unit: 'short',
            width: 12,
          },
          {
            expr: `ai:slo_failures:ratio6h{${SERVICES}} / scalar(ai:threshold_slo_failure_ratio)`,
            legend: '{{service_name}}',
          },
          { expr: 'ai:threshold_burn_slow', legend: 'alert' },
        ),
      ],
    },
  ],
}
