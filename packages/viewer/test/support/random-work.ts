import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'
import * as fc from 'fast-check'
import type { OtlpExport } from '../../src/receiver/receiver.ts'
import type { Database } from '../../src/store/database.ts'
import { callSpan, exportOf, hexId, jsonAttributes, START } from './telemetry.ts'

const MINUTE = 60_000
/** What a store keeps in these tests: whatever is not older than that. */
export const AGE_MS = 24 * 60 * MINUTE

/** Bounds that a test may narrow for a while. */
export interface MovableBounds {
  bytes: number
  readonly ageMs: number
}

/** Bounds that let everything stay that is young enough. */
export const wideBounds = (): MovableBounds => ({ bytes: 1e12, ageMs: AGE_MS })

/** Something that happens to a store. Words are told by few numbers, so that they come again. */
export type Work =
  | { readonly do: 'calls'; readonly at: number; readonly minutes: number; readonly words: readonly number[] }
  | { readonly do: 'logs' | 'metrics'; readonly at: number; readonly word: number }
  | { readonly do: 'prune'; readonly at: number }
  | { readonly do: 'sweep'; readonly slices: number }
  | { readonly do: 'empty' | 'clear' }

const at = fc.nat(60)
const word = fc.nat(7)

/** What may happen to a store, in any order. */
export const work: fc.Arbitrary<Work> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('calls' as const),
      at,
      minutes: fc.nat(40),
      words: fc.array(word, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('logs' as const, 'metrics' as const), at, word }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('prune' as const), at }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('sweep' as const), slices: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('empty' as const, 'clear' as const) }) },
)

/** Does some work; `number` is another one each time. */
export function perform(database: Database, bounds: MovableBounds, some: Work, number: number): void {
  switch (some.do) {
    case 'calls':
      database.take(callsOf(some, number))
      break
    case 'logs':
      database.take(logOf(some.at, some.word))
      break
    case 'metrics':
      database.take(pointOf(some.at, some.word))
      break
    case 'prune':
      database.prune(START + some.at * MINUTE + AGE_MS)
      break
    case 'empty':
      bounds.bytes = 0
      database.prune(START)
      bounds.bytes = 1e12
      break
    case 'clear':
      database.clear()
      break
    case 'sweep':
      for (let slice = 0; slice < some.slices; slice += 1) database.sweep()
  }
}

/** A trace of some calls; each costs something else, so that no two sums are alike. */
function callsOf({ at: minute, minutes, words }: Extract<Work, { do: 'calls' }>, number: number): OtlpExport {
  const spans = words.map((of, index) =>
    callSpan({
      traceId: hexId(32, number + 1),
      spanId: hexId(16, index + 1),
      parentSpanId: index === 0 ? '' : hexId(16, 1),
      name: `name ${of}`,
      start: START + minute * MINUTE + index * minutes * MINUTE,
      durationMs: minutes * MINUTE,
      model: `model ${of % 3}`,
      status: of === 0 ? 'error' : 'success',
      cost: (number * 10 + index + 1) / 1000,
      attributes: {
        [AI_ATTRIBUTE.user]: `user ${of}`,
        [AI_ATTRIBUTE.tenant]: `tenant ${of % 2}`,
        [AI_ATTRIBUTE.feature]: `feature ${of % 4}`,
        [ATTRIBUTE.genAiConversationId]: `session ${of}`,
        [ATTRIBUTE.errorType]: `error ${of}`,
        [ATTRIBUTE.genAiResponseModel]: `served ${of}`,
        [ATTRIBUTE.genAiResponseFinishReasons]: `finish ${of}`,
        [ATTRIBUTE.genAiPromptName]: `prompt ${of}`,
        [AI_ATTRIBUTE.unpriced]: `unpriced ${of}`,
      },
    }),
  )
  return exportOf(spans, `service ${words[0]}`)
}

const resource = (of: number, kind: string): unknown => ({
  attributes: jsonAttributes({ 'service.name': `service ${of}`, kind }),
})
const nanos = (minute: number): string => `${START + minute * MINUTE}000000`
const encoded = (body: unknown): Uint8Array<ArrayBuffer> => new TextEncoder().encode(JSON.stringify(body))

function logOf(minute: number, of: number): OtlpExport {
  const logRecords = [{ timeUnixNano: nanos(minute), eventName: `event ${of}`, body: { stringValue: 'text' } }]
  const body = { resourceLogs: [{ resource: resource(of, 'log'), scopeLogs: [{ logRecords }] }] }
  return { signal: 'logs', format: 'json', body: encoded(body) }
}

/** The metric of a word. */
export const metricName = (of: number): string => `metric ${of}`

function pointOf(minute: number, of: number): OtlpExport {
  const dataPoints = [{ timeUnixNano: nanos(minute), asInt: '1', attributes: jsonAttributes({ of: `v${of}` }) }]
  const metrics = [{ name: metricName(of % 3), unit: `unit ${of % 3}`, gauge: { dataPoints } }]
  const body = { resourceMetrics: [{ resource: resource(of, 'metric'), scopeMetrics: [{ metrics }] }] }
  return { signal: 'metrics', format: 'json', body: encoded(body) }
}
