import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  type CaptureMode,
  CONTENT_DEFAULTS,
  CONTENT_FIELDS,
  OPERATION_CONVENTIONS,
  reachesEvent,
  reachesSpan,
} from '@tokenmeter/meter'
import { beforeAll, describe, expect, test } from 'vitest'
import { contentViolations } from '../../meter/semconv/content-schemas.ts'
import { ENDPOINTS } from '../../instrumentation-openai/src/operations/table.ts'
import { wireServer } from '../../instrumentation-openai/test/support/wire-server.ts'
import { type Kind, Plant, SECRETS, WORD } from './markers/plant.ts'
import { refused, SCENARIO_HEADER } from './markers/scenario.ts'
import { SCENARIOS } from './markers/scenarios.ts'
import { type Delivery, startCollector } from './support/collector.ts'
import { type Outcome, runRegistered } from './support/run.ts'

/*
 * Secrets and words are planted in every field of every endpoint; then the bytes that left are searched for them: OTLP of all signals, `/metrics`, the log of
 * calls as lines of JSON, stderr.
 */

interface Ran {
  readonly outcome: Outcome
  readonly deliveries: readonly Delivery[]
  /** Scenario header by request id. */
  readonly asked: ReadonlyMap<string, string>
}

async function ran(mode: CaptureMode | undefined, protocol: 'http/json' | 'http/protobuf'): Promise<Ran> {
  await using collector = await startCollector()
  await using wire = await wireServer(({ headers }) => {
    const [variant, method, path] = String(headers[SCENARIO_HEADER]).split(' ')
    const endpoint = `${method} ${path}`
    const plant = new Plant(endpoint)
    return variant === 'refused'
      ? refused(plant)
      : (SCENARIOS[endpoint]?.[variant as 'answered']?.(plant) ?? { status: 500 })
  })
  const outcome = await runRegistered('markers.ts', [], {
    OPENAI_BASE_URL: wire.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    TOKENMETER_LOGS: 'json',
    ...(mode && { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: mode }),
  })
  const asked = wire.requests.map(({ headers }, index): [string, string] => [
    `req_${index + 1}`,
    String(headers[SCENARIO_HEADER]),
  ])
  return { outcome, deliveries: [...collector.deliveries], asked: new Map(asked) }
}

/** What was planted in the requests and answers of an endpoint. */
function planted(endpoint: string): Plant {
  const plant = new Plant(endpoint)
  const { body, answered, streamed } = SCENARIOS[endpoint] ?? {}
  body?.(plant)
  answered?.(plant)
  streamed?.(plant)
  refused(plant)
  return plant
}

const PLANTS = Object.keys(SCENARIOS).map(planted)
const OF_TOOLS = ['zc_tools_arguments', 'zc_tools_result']

const wordsIn = (texts: readonly string[]): Set<string> => new Set(texts.flatMap((text) => text.match(WORD) ?? []))
const ofKind = (words: Iterable<string>, kind: Kind): string[] =>
  [...words].filter((word) => word.startsWith(kind)).toSorted()

/** Words of content that were planted where `isThere` says, sorted. */
function content(isThere: (endpoint: string) => boolean): string[] {
  return Object.keys(SCENARIOS)
    .filter(isThere)
    .flatMap((endpoint) => ofKind(planted(endpoint).words, 'zc'))
    .toSorted()
}

const isInference = (endpoint: string): boolean => {
  const [, row] = ENDPOINTS.find(([name]) => name === endpoint) ?? []
  return row !== undefined && OPERATION_CONVENTIONS[row.operation].metrics === 'inference'
}

test('every endpoint of the table of operations has a scenario', () => {
  expect(Object.keys(SCENARIOS)).toEqual(ENDPOINTS.map(([endpoint]) => endpoint))
})

const RESOURCES = join(dirname(createRequire(import.meta.url).resolve('openai')), 'resources')

/** The fields of an interface of the client's. */
function fieldsOf(file: string, name: string): string[] {
  const text = readFileSync(join(RESOURCES, file), 'utf8')
  const body = new RegExp(`interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`).exec(text)?.[1] ?? ''
  return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, field]) => field ?? '')
}

test.each(Object.entries(SCENARIOS).filter(([, { parameters }]) => parameters))(
  'the request of %s has every field that the client knows',
  (endpoint, { parameters, body }) => {
    const fields = fieldsOf(...(parameters as [string, string]))
    expect(fields.length).toBeGreaterThan(0)
    const given = Object.keys(body?.(new Plant(endpoint)) ?? {})
    expect(fields.filter((field) => !given.includes(field))).toEqual([])
  },
)

const RUNS = [
  ['nothing said', undefined, 'http/json'],
  ['NO_CONTENT', 'NO_CONTENT', 'http/protobuf'],
  ['SPAN_ONLY', 'SPAN_ONLY', 'http/protobuf'],
  ['EVENT_ONLY', 'event_only', 'http/protobuf'],
  ['SPAN_AND_EVENT', 'SPAN_AND_EVENT', 'http/json'],
] as const

describe.each(RUNS)('with %s', (said, variable, protocol) => {
  const mode: CaptureMode = said === 'nothing said' ? 'NO_CONTENT' : said
  let run: Ran
  let traces: Set<string>
  let logs: Set<string>

  const sent = (path: string): string[] =>
    run.deliveries.filter((delivery) => delivery.path === path).map(({ text }) => text)

  beforeAll(async () => {
    run = await ran(variable as CaptureMode | undefined, protocol)
    traces = wordsIn(sent('/v1/traces'))
    logs = wordsIn(sent('/v1/logs'))
  })

  test('the program ends as it should, and says nothing', () => {
    expect(run.outcome).toMatchObject({ code: 0, signal: null, stderr: '' })
    expect(run.asked.size).toBeGreaterThan(2 * ENDPOINTS.length)
    expect(run.outcome.stdout).toContain('ai_requests_total')
    expect(run.outcome.stdout.match(/"module":"tokenmeter"/g)).toHaveLength(run.asked.size)
  })

  test('no secret leaves in any signal', () => {
    const bytes = [...run.deliveries.map(({ text }) => text), run.outcome.stdout, run.outcome.stderr].join('\n')
    expect(bytes.length).toBeGreaterThan(10_000)
    expect(SECRETS.filter((secret) => bytes.includes(secret) || bytes.includes(encodeURIComponent(secret)))).toEqual([])
    expect(PLANTS.flatMap(({ base64s }) => base64s).filter((base64) => bytes.includes(base64.slice(0, 72)))).toEqual([])
  })

  test('what is never recorded is nowhere', () => {
    const everywhere = wordsIn([...run.deliveries.map(({ text }) => text), run.outcome.stdout, run.outcome.stderr])
    expect(ofKind(everywhere, 'zh')).toEqual([])
  })

  test('metrics and stderr have no content', () => {
    const words = wordsIn([...sent('/v1/metrics'), run.outcome.stdout, run.outcome.stderr])
    expect([...ofKind(words, 'zc'), ...ofKind(words, 'ze')]).toEqual([])
  })

  test('spans have all content, or none', () => {
    const expected = reachesSpan(mode) ? [...content(() => true), ...OF_TOOLS].toSorted() : []
    expect(ofKind(traces, 'zc')).toEqual(expected)
    expect(ofKind(traces, 'ze')).toEqual([])
  })

  test('events have all content of inferences and all texts of errors, or none', () => {
    const errors = PLANTS.flatMap(({ words }) => ofKind(words, 'ze')).toSorted()
    expect(ofKind(logs, 'zc')).toEqual(reachesEvent(mode) ? content(isInference) : [])
    expect(ofKind(logs, 'ze')).toEqual(reachesEvent(mode) ? errors : [])
  })

  test('what is always recorded is recorded, without its secrets', () => {
    expect(ofKind(traces, 'za')).toEqual(PLANTS.flatMap(({ words }) => ofKind(words, 'za')).toSorted())
  })

  if (said === 'SPAN_AND_EVENT') {
    test.each(ENDPOINTS)('%s has the fields of content that its row declares', (endpoint, row) => {
      const spans = spansOf(sent('/v1/traces')).filter(
        ({ requestId }) => run.asked.get(requestId) === `answered ${endpoint}`,
      )
      expect(spans).toHaveLength(1)
      const declared = (row.content?.fields ?? []).map((field) =>
        row.operation === 'embedding' ? 'ai.input.messages' : CONTENT_FIELDS[field].attribute,
      )
      expect(Object.keys(spans[0]?.content ?? {}).toSorted()).toEqual(declared.toSorted())
    })

    test('all content is valid by the JSON schemas of the conventions, and within its caps', () => {
      const contents = spansOf(sent('/v1/traces')).flatMap((span) => Object.entries(span.content))
      const checked = contents.filter(([name]) => !PLAIN_TEXTS.has(name))
      expect(checked.length).toBeGreaterThan(50)
      expect(checked.flatMap(([name, json]) => contentViolations(asInConventions(name), json))).toEqual([])
      expect(contents.filter(([, json]) => Buffer.byteLength(json) > CONTENT_DEFAULTS.maxCallBytes)).toEqual([])
    })

    test('every redaction is counted', () => {
      for (const dataClass of ['email', 'api_key', 'card', 'iban', 'phone']) {
        expect(run.outcome.stdout).toMatch(new RegExp(`^ai_redactions_total\\{class="${dataClass}"\\} [1-9]`, 'm'))
      }
    })
  }
})

/** The input of embeddings has the schema of input messages. */
const asInConventions = (name: string): string => (name === 'ai.input.messages' ? `gen_${name}` : name)

const PLAIN_TEXTS = new Set(['gen_ai.retrieval.query.text'])
const CONTENT_ATTRIBUTES = new Set([
  'ai.input.messages',
  ...Object.values(CONTENT_FIELDS).map(({ attribute }) => attribute),
])

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

interface Payload {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { readonly attributes: readonly Attribute[] }[] }[]
  }[]
}

/** Request id and content of each span in OTLP as JSON. */
function spansOf(
  texts: readonly string[],
): { readonly requestId: string; readonly content: Readonly<Record<string, string>> }[] {
  return texts
    .flatMap((text) => (JSON.parse(text) as Payload).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ attributes }) => ({
      requestId: attributes.find(({ key }) => key === 'ai.request_id')?.value.stringValue ?? '',
      content: Object.fromEntries(
        attributes
          .filter(({ key }) => CONTENT_ATTRIBUTES.has(key))
          .map(({ key, value }) => [key, value.stringValue ?? '']),
      ),
    }))
}
