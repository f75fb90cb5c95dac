import { INSTRUMENTS, METRIC } from '@tokenmeter/meter'
import { prometheusNameOf } from '../../rules/metric-names.ts'
import { amount, bars, type Board, lines, list } from '../board.ts'
import { perSecond, SERVICES, topTen, total, usdPerHour } from '../expressions.ts'

const { cost, tokens, requests, estimatedCost, unpricedRequests, budgetSpent, budgetLimit, priceTableTimestamp } =
  INSTRUMENTS
const CACHED = prometheusNameOf(METRIC.genAiClientInferenceUsageCacheReadInputTokens)
const INPUT = prometheusNameOf(METRIC.genAiClientInferenceUsageInputTokens)
/** The conventions have their own label for the model. */
const CONVENTION_MODELS = `${SERVICES}, gen_ai_request_model=~"$model"`
const ALLOWED =
  'Empty unless TOKENMETER_METRIC_ATTRIBUTION allows the label: counters do not say for whom a call was made otherwise.'

/** What is spent, on what, for whom, and how sure that is. */
export const costBoard: Board = {
  uid: 'tokenmeter-cost',
  title: 'AI calls: Cost',
  description:
    'What is spent, on what, for whom, and how sure that is. USD; a cost that is unknown is not in it, and counted.',
  rows: [
    {
      title: 'Spent',
      panels: [
        amount(
          { title: 'Cost', description: 'Within the time range of the board.', unit: 'currencyUSD' },
          { expr: total(cost, '') },
        ),
        amount(
          {
            title: 'Cost today',
            description: 'Since midnight of the browser.',
            unit: 'currencyUSD',
            timeFrom: 'now/d',
          },
          { expr: total(cost, '') },
        ),
        amount(
          {
            title: 'Cost this month',
            description: 'As far back as Prometheus has data. Budgets have a ledger of their own.',
            unit: 'currencyUSD',
            timeFrom: 'now/M',
          },
          { expr: total(cost, '') },
        ),
        amount(
          {
            title: 'Cost of 1,000 calls',
            description: 'Mean of all calls within the time range, those without a price included.',
            unit: 'currencyUSD',
          },
          { expr: `1000 * ${total(cost, '')} / (${total(requests, '')} > 0)` },
        ),
        bars(
          {
            title: 'Budgets',
            description: `Share that is spent, and what it will be in a day at the pace of six hours. Empty as long as nothing keeps a ledger.`,
            unit: 'percentunit',
            width: 24,
          },
          {
            expr: `max by (budget, period) (${budgetSpent.prometheusName}) / max by (budget, period) (${budgetLimit.prometheusName})`,
            legend: '{{budget}}, {{period}}',
          },
          {
            expr: `max by (budget, period) (predict_linear(${budgetSpent.prometheusName}[6h], 86400)) / max by (budget, period) (${budgetLimit.prometheusName})`,
            legend: '{{budget}}, {{period}}, tomorrow',
          },
        ),
      ],
    },
    {
      title: 'On what',
      panels: [
        lines(
          { title: 'Cost per hour by model', description: 'ai:cost_usd:increase5m.', unit: 'currencyUSD' },
          { expr: usdPerHour('model'), legend: '{{model}}' },
        ),
        lines(
          { title: 'Cost per hour by environment', description: 'ai:cost_usd:increase5m.', unit: 'currencyUSD' },
          { expr: usdPerHour('deployment_environment_name'), legend: '{{deployment_environment_name}}' },
        ),
        lines(
          { title: 'Cost per hour by kind of call', description: 'ai:cost_usd:increase5m.', unit: 'currencyUSD' },
          { expr: usdPerHour('operation'), legend: '{{operation}}' },
        ),
        bars(
          { title: 'Models by cost', description: 'The ten dearest within the time range.', unit: 'currencyUSD' },
          { expr: topTen(cost, 'model'), legend: '{{model}}' },
        ),
        bars(
          { title: 'Models by tokens', description: 'The ten with most tokens within the time range.', unit: 'short' },
          { expr: topTen(tokens, 'model'), legend: '{{model}}' },
        ),
        bars(
          { title: 'Request types', description: 'Calls by kind of endpoint within the time range.', unit: 'short' },
          { expr: topTen(requests, 'operation'), legend: '{{operation}}' },
        ),
        lines(
          { title: 'Tokens per second', description: 'As the provider counts them.', unit: 'short' },
          { expr: perSecond('ai:tokens:increase5m', 'token_type'), legend: '{{token_type}}' },
        ),
        bars(
          { title: 'Tokens', description: 'Within the time range; both add up to all.', unit: 'short' },
          { expr: topTen(tokens, 'token_type'), legend: '{{token_type}}' },
        ),
        lines(
          {
            title: 'Input from the cache of the provider',
            description: 'Share of input tokens, which are cheaper. Only in the profile v0.1.0 of the conventions.',
            unit: 'percentunit',
          },
          {
            expr: `sum by (gen_ai_request_model) (rate(${CACHED}{${CONVENTION_MODELS}}[$__rate_interval])) / (sum by (gen_ai_request_model) (rate(${INPUT}{${CONVENTION_MODELS}}[$__rate_interval])) > 0)`,
            legend: '{{gen_ai_request_model}}',
          },
        ),
      ],
    },
    {
      title: 'For whom',
      panels: [
        bars(
          { title: 'Users by cost', description: `The ten dearest. ${ALLOWED}`, unit: 'currencyUSD' },
          { expr: topTen(cost, 'user'), legend: '{{user}}' },
        ),
        bars(
          { title: 'Features by cost', description: `The ten dearest. ${ALLOWED}`, unit: 'currencyUSD' },
          { expr: topTen(cost, 'feature'), legend: '{{feature}}' },
        ),
        bars(
          { title: 'Tenants by cost', description: `The ten dearest. ${ALLOWED}`, unit: 'currencyUSD' },
          { expr: topTen(cost, 'tenant'), legend: '{{tenant}}' },
        ),
        bars(
          { title: 'Features by calls', description: `The ten busiest. ${ALLOWED}`, unit: 'short' },
          { expr: topTen(requests, 'feature'), legend: '{{feature}}' },
        ),
        bars(
          { title: 'Users by tokens', description: `The ten with most tokens. ${ALLOWED}`, unit: 'short' },
          { expr: topTen(tokens, 'user'), legend: '{{user}}' },
        ),
        bars(
          { title: 'Services by cost', description: 'The ten dearest within the time range.', unit: 'currencyUSD' },
          { expr: topTen(cost, 'service_name'), legend: '{{service_name}}' },
        ),
      ],
    },
    {
      title: 'How sure',
      panels: [
        list(
          {
            title: 'Calls without a price',
            description: 'Within the time range. Their cost is unknown, and not in any sum.',
            unit: 'short',
          },
          { expr: `${total(unpricedRequests, 'model, reason')} > 0` },
        ),
        bars(
          {
            title: 'Estimated cost of calls without usage',
            description: 'What streams that told no usage would cost. Not in the sums above.',
            unit: 'currencyUSD',
          },
          { expr: topTen(estimatedCost, 'model'), legend: '{{model}}' },
        ),
        list(
          { title: 'Age of the price lists', description: 'Since the day of the list.', unit: 's' },
          { expr: `time() - max by (service_name, source) (${priceTableTimestamp.prometheusName}{${SERVICES}})` },
        ),
      ],
    },
  ],
}
