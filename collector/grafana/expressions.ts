import type { InstrumentDefinition } from '@tokenmeter/meter'

/** What the variables of a board select: environments and services. */
export const SERVICES = 'deployment_environment_name=~"$environment", service_name=~"$service"'
/** What the variables of a board select, models as well. */
export const MODELS = `${SERVICES}, model=~"$model"`

/** Seconds that an `increase5m` is over. */
const WINDOW_SECONDS = 300
const WINDOWS_PER_HOUR = 12

/** A recorded `ai:…:increase5m` as a rate per second. */
export function perSecond(recorded: string, by: string, matchers: string = MODELS): string {
  return `${sumBy(by)} (${recorded}{${matchers}}) / ${WINDOW_SECONDS}`
}

/** USD per hour, from the last five minutes. */
export function usdPerHour(by: string): string {
  return `${sumBy(by)} (ai:cost_usd:increase5m{${MODELS}}) * ${WINDOWS_PER_HOUR}`
}

/**
 * What a counter of ours has counted within the time range of the panel.
 *
 * `increase()` does not see what a series is born with, and of a process that ends before its second export nothing. So a series that began within the range
 * counts with all it has, exactly; one that was there before, or began anew amid the range, by its increase.
 *
 * @param more matchers beside those of the variables, such as `feature!=""`
 */
export function total({ prometheusName }: InstrumentDefinition, by: string, more: string = ''): string {
  const series = `${prometheusName}{${[MODELS, ...(more ? [more] : [])].join(', ')}}`
  const began = `last_over_time(${series}[$__range]) unless last_over_time(${series}[1h] offset $__range)`
  return `${sumBy(by)} ((${began} unless resets(${series}[$__range]) > 0) or increase(${series}[$__range]))`
}

/** The ten greatest of a total, those without a name left out. */
export function topTen(instrument: InstrumentDefinition, by: string): string {
  return `topk(10, ${total(instrument, by, `${by}!=""`)} > 0)`
}

/** A quantile of a recorded histogram. */
export function quantile(q: number, recorded: string, by: string): string {
  return `histogram_quantile(${q}, sum by (${['le', by].filter(Boolean).join(', ')}) (${recorded}{${MODELS}}))`
}

/** Share of calls that failed, of those that the application did not stop itself; 0 when none has failed. */
export function failureRatio(by: string): string {
  const calls = `${sumBy(by)} (ai:requests:increase5m{${MODELS}, status!="cancelled"})`
  return `(${sumBy(by)} (ai:errors:increase5m{${MODELS}}) or 0 * ${calls}) / (${calls} > 0)`
}

/** The same expression a day ago. */
export function yesterday(expression: string): string {
  return expression.replaceAll(/(\w+:\w+:increase5m\{[^}]*\})/g, '$1 offset 1d')
}

function sumBy(by: string): string {
  return by === '' ? 'sum' : `sum by (${by})`
}
