import type { SemconvProfileName } from '@tokenmeter/meter'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BEYOND_ENUMS } from '../../meter/semconv/beyond-enums.ts'
import { violationsOf } from '../../meter/semconv/check.ts'
import { coverageOf } from '../../meter/semconv/coverage.ts'
import type { Emitted, EmittedMetric, EmittedSpan } from '../../meter/semconv/emitted.ts'
import { registryOf } from '../../meter/semconv/registry.ts'
import { emittedBySockets } from './conformance/emitted-by-sockets.ts'
import { Exchanges } from './conformance/exchanges.ts'
import { notApplicable } from './conformance/not-applicable.ts'
import { type Run, runProgram, scenariosOf } from './harmless/run-program.ts'
import type { Major } from './harmless/scenario.ts'
import { SCENARIOS } from './harmless/scenarios/index.ts'
import { PlainWebSocket } from './support/plain-web-socket.ts'
import { chatCompletion } from './support/wire-answers.ts'
import { EXPLAINED, type WireDifferences, wireDifferences } from './conformance/wire-differences.ts'

/*
 * Everything that the scenario programs emit, held against the registry of the GenAI conventions, and the registry against what they emit.
 */

const RUN_TIMEOUT_MS = 120_000
const MAJORS: Readonly<Record<SemconvProfileName, readonly Major[]>> = { 'v0.1.0': [4, 5, 6, 7], 'v1.41': [7] }

const AGENTS = { name: 'agents', script: chatCompletion(), run: async (): Promise<void> => {} }

/** What one major emitted, and how that differs from what went over the wire. */
interface Ran extends Emitted {
  readonly differences: WireDifferences
}

/** Runs all scenarios, and a program of agents and tools. */
async function ran(major: Major, profile: SemconvProfileName): Promise<Ran> {
  const exchanges = new Exchanges()
  const how = { major, profile, mode: 'signals' } as const
  const runs: readonly Run[] = [
    { ...how, program: 'program.mjs', scenarios: exchanges.noting(scenariosOf(SCENARIOS, major)) },
    { ...how, program: 'agents.mjs', scenarios: [AGENTS] },
  ]
  const [scenarios, agents] = await Promise.all(runs.map(emittedByProgram))
  if (!scenarios || !agents) throw new Error('there were two programs')
  // Before ports are used again.
  return { ...merged([scenarios, agents]), differences: wireDifferences(scenarios.spans, exchanges) }
}

async function emittedByProgram(run: Run): Promise<Emitted> {
  const { emitted } = await runProgram(run)
  if (!emitted) throw new Error(`${run.program} wrote nothing`)
  return emitted
}

function merged(all: readonly Emitted[]): Emitted {
  return {
    spans: all.flatMap(({ spans }) => spans),
    metrics: all.flatMap(({ metrics }) => metrics),
    events: all.flatMap(({ events }) => events),
  }
}

describe.each(Object.keys(MAJORS) as SemconvProfileName[])('the scenario programs, in profile %s,', (profile) => {
  const registry = registryOf(profile)
  const runs = new Map<Major, Ran>()
  let sockets: Emitted
  const by = (major: Major): Ran => runs.get(major) as Ran

  beforeAll(async () => {
    vi.stubGlobal('WebSocket', PlainWebSocket)
    for (const major of MAJORS[profile]) runs.set(major, await ran(major, profile))
    sockets = await emittedBySockets(profile)
  }, RUN_TIMEOUT_MS)
  afterAll(() => void vi.unstubAllGlobals())

  test.each(MAJORS[profile])('emit with openai %i what the registry says', (major) => {
    expect(by(major).spans.length).toBeGreaterThan(SCENARIOS.length)
    expect(violationsOf(by(major), registry, BEYOND_ENUMS)).toEqual([
      // Of the calls that the application makes without a model, which is required and not to be had.
      'span chat: gen_ai.request.model is required and missing',
    ])
  })

  test.each(MAJORS[profile])('have with openai %i one duration, and one count, for each span', (major) => {
    const { spans, metrics } = by(major)
    const calls = spans.filter(({ kind }) => kind === 'client')
    expect(sum(metrics, /^gen_ai\.client\.\w+\.duration$/)).toBe(calls.length)
    expect(sum(metrics, /^ai\.requests$/)).toBe(calls.length)
    expect(sum(metrics, /^gen_ai\.execute_tool\.duration$/)).toBe(named(spans, 'execute_tool').length)
    expect(sum(metrics, /^gen_ai\.invoke_agent\.duration$/)).toBe(named(spans, 'invoke_agent').length)
  })

  test.each(MAJORS[profile])(
    'have with openai %i the same errors in spans and durations, and an event for each',
    (major) => {
      const { spans, metrics, events } = by(major)
      const failed = spans.filter(({ status }) => status === 'error')
      const inMetrics = metrics
        .filter(({ name }) => name.endsWith('.duration'))
        .flatMap(({ points }) => points.map(({ attributes }) => attributes['error.type']))
      expect(distinct(inMetrics)).toEqual(distinct(spans.map(({ attributes }) => attributes['error.type'])))
      const exceptions = events.filter(({ name }) => name === 'gen_ai.client.operation.exception')
      expect(exceptions).toHaveLength(failed.filter(({ kind }) => kind === 'client').length)
    },
  )

  if (profile === 'v0.1.0') {
    test.each(MAJORS[profile])('say with openai %i what requests and answers carry, to the last value', (major) => {
      const { compared, found } = by(major).differences
      expect(compared.requests).toBeGreaterThan(300)
      expect(compared.answers).toBeGreaterThan(200)
      expect([...found].filter(([scenario]) => !Object.hasOwn(EXPLAINED, scenario))).toEqual([])
    })

    test('differ from requests and answers in each scenario that is listed with a reason', () => {
      const scenarios = new Set([...runs.values()].flatMap(({ differences }) => [...differences.found.keys()]))
      expect(Object.keys(EXPLAINED).filter((scenario) => !scenarios.has(scenario))).toEqual([])
    })
  }

  test('emit from their sockets what the registry says, with one duration and one count for each span', () => {
    expect(violationsOf(sockets, registry, BEYOND_ENUMS)).toEqual([])
    expect(sum(sockets.metrics, /^gen_ai\.client\.\w+\.duration$/)).toBe(sockets.spans.length)
    expect(sum(sockets.metrics, /^ai\.requests$/)).toBe(sockets.spans.length)
  })

  test('cover the registry, but for what is listed with a reason', () => {
    const listed = notApplicable(profile, Object.keys(registry.metric_refinements))
    const { lines, unseen, wronglyListed } = coverageOf(merged([...runs.values(), sockets]), registry, listed)
    console.log(`Coverage of the GenAI conventions, profile ${profile}\n${lines.join('\n')}`)
    expect({ unseen, wronglyListed }).toEqual({ unseen: [], wronglyListed: [] })
  })
})

const named = (spans: readonly EmittedSpan[], operation: string): readonly EmittedSpan[] =>
  spans.filter(({ name }) => name.startsWith(`${operation} `))

/** Of the values of all series of the metrics so named; of histograms, how many values they have seen. */
function sum(metrics: readonly EmittedMetric[], name: RegExp): number {
  const points = metrics.filter((metric) => name.test(metric.name)).flatMap((metric) => metric.points)
  return points.reduce((total, { value }) => total + value, 0)
}

const distinct = (values: readonly unknown[]): readonly unknown[] =>
  [...new Set(values.filter((value) => value !== undefined))].toSorted()
