import { INSTRUMENTS } from '@tokenmeter/meter'
import { attributes, nanos } from './telemetry.ts'

const MINUTES = 50
const MODELS = ['gpt-4.1-mini', 'gpt-4o', 'o4-mini'] as const
const CUMULATIVE = 2

/** Three metrics of 50 minutes, as OTLP/JSON: a counter and a distribution that grow by model, and a gauge. */
export function metrics(now: number): string {
  const resource = { attributes: attributes({ 'service.name': 'support-desk' }) }
  const told = [
    { ...about('requests'), sum: { isMonotonic: true, aggregationTemporality: CUMULATIVE, dataPoints: requests(now) } },
    { ...about('requestDuration'), histogram: { aggregationTemporality: CUMULATIVE, dataPoints: durations(now) } },
    { ...about('rateLimitRemaining'), gauge: { dataPoints: remaining(now) } },
  ]
  return JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'demo' }, metrics: told }] }] })
}

/** How many calls of a model there were after so many minutes: the first model has most. */
const callsAfter = (minute: number, model: number): number =>
  Math.floor(minute * (7 - 2 * model) + 3 * Math.sin(minute / 4))

function about(key: keyof typeof INSTRUMENTS): { readonly name: string; readonly unit: string } {
  const { name, unit } = INSTRUMENTS[key]
  return { name, unit }
}

function points(now: number, pointOf: (minute: number, model: number) => object): readonly object[] {
  return MODELS.flatMap((name, model) =>
    Array.from({ length: MINUTES }, (_, index) => ({
      startTimeUnixNano: nanos(now - (MINUTES + 1) * 60_000),
      timeUnixNano: nanos(now - (MINUTES - index) * 60_000),
      attributes: attributes({ model: name }),
      ...pointOf(index + 1, model),
    })),
  )
}

const requests = (now: number): readonly object[] =>
  points(now, (minute, model) => ({ asInt: String(callsAfter(minute, model)) }))

const durations = (now: number): readonly object[] =>
  points(now, (minute, model) => {
    const count = callsAfter(minute, model)
    return { count: String(count), sum: count * 0.5, explicitBounds: [1], bucketCounts: [String(count), '0'] }
  })

const remaining = (now: number): readonly object[] =>
  points(now, (minute, model) => ({ asInt: String(500 - 100 * model - ((minute * 37) % 90)) }))
