import { INSTRUMENTS } from '@tokenmeter/meter/names'
import { type Check, type CheckGroup, note, ok, problem, skipped } from './check.ts'
import { reported } from './reported-cost.ts'

const CALLS = INSTRUMENTS.requests.prometheusName
const COST = INSTRUMENTS.cost.prometheusName
const UNPRICED = INSTRUMENTS.unpricedRequests.prometheusName
const TABLE = INSTRUMENTS.priceTableTimestamp.prometheusName
/** A release carries the list of its day, so after a month there is likely to be a newer one. */
const AGING_DAYS = 30
/** The threshold of the alert AiPriceTableOld, in days: `ai:threshold_price_table_days`. */
export const OLD_DAYS = 90
const DAY_SECONDS = 86_400
/** A share of calls without usage that is worth a word. */
const MANY_WITHOUT_USAGE = 0.05

const age: Check = {
  id: 'prices-age',
  stages: ['pre', 'production'],
  looksAt: 'the day of the price lists that applications use',
  complains: `the newest of one is older than ${OLD_DAYS} days; from ${AGING_DAYS} days on that is a note`,
  run: async ({ prometheus }) => {
    const ages = await prometheus.query(`(time() - max by (service_name) (${TABLE})) / ${DAY_SECONDS}`)
    const [oldest] = ages.toSorted((one, other) => other.value - one.value)
    if (!oldest) return skipped('no application has told of a price list yet')
    const days = Math.floor(oldest.value)
    if (days <= AGING_DAYS) return ok(`the oldest list is ${days} days old`)
    const line = `${oldest.labels['service_name'] ?? 'an application'} computes costs from a list that is ${days} days old`
    const cure = 'Update @tokenmeter/pricing, or let prices be refreshed: TOKENMETER_PRICE_REFRESH_URL'
    return days > OLD_DAYS ? problem(line, cure) : note(line, cure)
  },
}

const unpriced: Check = {
  id: 'prices-unknown',
  stages: ['post', 'production'],
  looksAt: 'calls within a day that have no price',
  complains: 'there are some: the cost is higher than it says',
  run: async ({ prometheus }) => {
    const counts = await prometheus.query(
      `sum by (model, reason) (max_over_time(${UNPRICED}{reason!="", reason!="no_usage"}[1d])) > 0`,
    )
    const [most] = counts.toSorted((one, other) => other.value - one.value)
    if (!most) return ok('every call whose usage is known has a price')
    const { model, reason } = most.labels
    return problem(
      `${most.value} calls to ${model} have no price: ${reason}`,
      'Give its price in TOKENMETER_PRICES, or the model behind a deployment in TOKENMETER_AZURE_DEPLOYMENTS',
    )
  },
}

const usage: Check = {
  id: 'prices-usage',
  stages: ['post', 'production'],
  looksAt: 'calls within a day whose usage was not told',
  complains: 'more than one in twenty was not: streams without usage, or left early (a note)',
  run: async ({ prometheus }) => {
    const shares = await prometheus.query(
      `sum(max_over_time(${UNPRICED}{reason="no_usage"}[1d])) / (sum(max_over_time(${CALLS}{status="success"}[1d])) > 0)`,
    )
    const share = shares[0]?.value ?? 0
    return share > MANY_WITHOUT_USAGE
      ? note(
          `${Math.round(share * 100)}% of calls told no usage, and have no cost`,
          'Ask streams for it: stream_options: { include_usage: true }, or name the host in TOKENMETER_STREAM_USAGE_HOSTS',
        )
      : ok('usage is told')
  },
}

const absent: Check = {
  id: 'prices-cost',
  stages: ['post', 'production'],
  looksAt: 'whether answered calls have a cost at all',
  complains: 'there are calls and no cost',
  run: async ({ prometheus }) => {
    const [calls] = await prometheus.query(`sum(${CALLS}{status="success"})`)
    const [cost] = await prometheus.query(`sum(${COST})`)
    if (!calls || calls.value === 0) return skipped('no call was answered yet')
    return cost && cost.value > 0
      ? ok(`${cost.value.toFixed(4)} USD for ${calls.value} calls of processes that run`)
      : problem(
          `${calls.value} calls were answered, and their cost is 0`,
          'See prices-unknown and prices-usage; free models cost nothing',
        )
  },
}

const twice: Check = {
  id: 'prices-twice',
  stages: ['post', 'production'],
  looksAt: 'whether a service is pushed and scraped at the same time',
  complains: 'it is: every call is counted twice',
  run: async ({ prometheus }) => {
    const scraped = `${CALLS}{job!="", instance=~".+:[0-9]+"}`
    const pushed = `${CALLS}{service_instance_id!=""}`
    const both = await prometheus.query(
      `count by (service_name) (${scraped} unless ${pushed}) and on (service_name) count by (service_name) (${pushed})`,
    )
    return both[0]
      ? problem(
          `${both[0].labels['service_name']} sends OTLP and is scraped: its calls and costs are counted twice`,
          'Take it out of collector/prometheus/applications/, or set TOKENMETER_OTLP=off',
        )
      : ok('no service is counted twice')
  },
}

/** Whether the cost is right, by what Prometheus has of it. */
export const prices: CheckGroup = { name: 'prices', checks: [age, unpriced, usage, absent, reported, twice] }
