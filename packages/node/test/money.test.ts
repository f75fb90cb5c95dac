import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Collector, startCollector } from './support/collector.ts'
import { type OpenAIServer, startOpenAIServer } from './support/openai-server.ts'
import { type Outcome, ourLines, programPath, run, runRegistered } from './support/run.ts'

let openai: OpenAIServer

beforeAll(async () => {
  openai = await startOpenAIServer()
})
afterAll(() => openai[Symbol.asyncDispose]())

/** Asks the questions, and says what became of the program. */
function ask(collector: Collector, env: Record<string, string>, questions: readonly string[]): Promise<Outcome> {
  const always = { OPENAI_BASE_URL: openai.baseURL, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }
  return runRegistered('questions.mjs', questions, { ...always, ...env })
}

/** What 10 prompt and 5 completion tokens of gpt-4o-mini cost. */
const ONE_CALL = 0.000_004_5
const HELLO = ['Hello?', 'Hello?', 'Hello?']

describe('labels for whose money it is:', () => {
  test('none without the setting', async () => {
    await using collector = await startCollector()
    await ask(collector, {}, HELLO)
    expect(collector.counterBy('ai.cost', 'tenant')).toEqual({})
    expect(collector.counter('ai.cost')).toBeCloseTo(3 * ONE_CALL, 15)
  })

  test('those of the allow-list, and `other` beyond the bound', async () => {
    await using collector = await startCollector()
    const env = { TOKENMETER_METRIC_ATTRIBUTION: 'feature,tenant', TOKENMETER_MAX_LABEL_VALUES: '2' }
    expect(ourLines(await ask(collector, env, HELLO))).toEqual([])
    expect(collector.counterBy('ai.requests', 'tenant')).toEqual({ 'tenant-0': 1, 'tenant-1': 1, other: 1 })
    expect(collector.counterBy('ai.requests', 'feature')).toEqual({ desk: 3 })
  })

  test('one that has no end of values is refused at the start, and the program runs', async () => {
    await using collector = await startCollector()
    const outcome = await ask(collector, { TOKENMETER_METRIC_ATTRIBUTION: 'session' }, HELLO)
    expect([outcome.code, ourLines(outcome)]).toEqual([
      0,
      [
        'tokenmeter: metricAttribution: TOKENMETER_METRIC_ATTRIBUTION is "session", but must be a list of feature, tenant, user, prompt, prompt_version, ' +
          'such as feature,tenant, or in code ["feature", "tenant"]; going on with []',
      ],
    ])
    expect(collector.counter('ai.requests')).toBe(3)
  })
})

describe('a currency', () => {
  const EURO = {
    TOKENMETER_CURRENCY: 'EUR',
    TOKENMETER_CURRENCY_RATE: '0.5',
    TOKENMETER_CURRENCY_DATE: '2999-01-01',
    TOKENMETER_CURRENCY_SOURCE: 'ECB',
  }

  test('comes beside USD', async () => {
    await using collector = await startCollector()
    expect(ourLines(await ask(collector, EURO, ['Hello?']))).toEqual([])
    expect(collector.counter('ai.cost')).toBe(ONE_CALL)
    expect(collector.counterBy('ai.converted_cost', 'currency')).toEqual({ EUR: ONE_CALL / 2 })
    const attributes = collector.spans()[0]?.attributes.map(({ key }) => key)
    expect(attributes).toEqual(expect.arrayContaining(['ai.cost', 'ai.converted_cost', 'ai.currency.code']))
  })

  test('whose rate is old is warned about once', async () => {
    await using collector = await startCollector()
    const env = { ...EURO, TOKENMETER_CURRENCY_DATE: '2020-01-01', TOKENMETER_CURRENCY_MAX_AGE_DAYS: '7' }
    expect(ourLines(await ask(collector, env, HELLO))).toEqual([
      'tokenmeter: the rate of EUR (ECB) is of 2020-01-01, more than 7 days ago: converted costs are off by what it has moved since',
    ])
    expect(collector.counter('ai.requests')).toBe(3)
  })

  test('that nobody knows is one line with the field, and costs stay in USD', async () => {
    await using collector = await startCollector()
    const outcome = await ask(collector, { ...EURO, TOKENMETER_CURRENCY: 'EURO' }, ['Hello?'])
    expect([outcome.code, ourLines(outcome)]).toEqual([
      0,
      [
        'tokenmeter: currency: TOKENMETER_CURRENCY, TOKENMETER_CURRENCY_RATE, TOKENMETER_CURRENCY_DATE, TOKENMETER_CURRENCY_SOURCE: ' +
          'currency.code must be a currency of ISO 4217 such as "EUR", got "EURO"; going on with nothing',
      ],
    ])
    expect(collector.counter('ai.cost')).toBe(ONE_CALL)
    expect(collector.counter('ai.converted_cost')).toBeUndefined()
  })

  test('of which only the name is given is one line with all that is missing', async () => {
    await using collector = await startCollector()
    const [line] = ourLines(await ask(collector, { TOKENMETER_CURRENCY: 'EUR' }, ['Hello?']))
    for (const field of ['rate', 'date', 'source']) expect(line).toContain(`currency.${field} must be`)
  })
})

describe('usage that cannot be true', () => {
  const STRANGE = [
    { prompt_tokens: -5, completion_tokens: 5, total_tokens: 0 },
    { prompt_tokens: 'many', completion_tokens: 5 },
    { prompt_tokens: 1e18, completion_tokens: 5 },
    { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 11 } },
    { prompt_tokens: 10 },
    {},
  ]

  test('is said, no exception reaches the program, and nothing that was recorded before or after is lost', async () => {
    await using collector = await startCollector()
    const questions = ['Hello?', ...STRANGE.map((usage) => JSON.stringify(usage)), 'Hello?']
    const outcome = await ask(collector, { TOKENMETER_METRIC_ATTRIBUTION: 'tenant' }, questions)
    expect([outcome.code, outcome.stdout]).toEqual([0, 'Hello.\n'.repeat(questions.length)])
    expect(ourLines(outcome)).toEqual([
      'tokenmeter: the provider sent a inputTokens that is no count; it was left out.',
      'tokenmeter: the provider sent more cacheReadTokens than the total it belongs to; it was clamped to the total.',
    ])
    expect(collector.counterBy('ai.requests', 'status')).toMatchObject({ success: questions.length })
    expect(collector.counterBy('ai.cost', 'tenant')).toEqual({
      'tenant-0': ONE_CALL,
      'tenant-1': 0.000_003,
      'tenant-2': 0.000_003,
      'tenant-3': 0.000_003,
      // All of the input, which cannot be more, is from the cache.
      'tenant-4': 0.000_003_75,
      'tenant-5': 0.000_001_5,
      'tenant-7': ONE_CALL,
    })
    expect(collector.counterBy('ai.unpriced_requests', 'tenant')).toEqual({ 'tenant-6': 1 })
  })
})

/** Runs `use` while a server of price files is there. */
async function withPrices<T>(answer: (path: string) => string, use: (origin: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => void response.end(answer(request.url ?? '')))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

describe('new prices', () => {
  /** gpt-4o-mini at twice its price. */
  const FILE = JSON.stringify({
    source: 'the operator',
    date: '2026-11-27',
    prices: [
      {
        provider: 'openai',
        models: ['gpt-4o-mini-2024-07-18'],
        rates: { input: '0.3', cache_read: '0.15', output: '1.2' },
      },
    ],
  })

  test('are asked for at the start, and hold for the calls after', async () => {
    await withPrices(
      () => FILE,
      async (origin) => {
        const outcome = await run(['--conditions=source', programPath('fresh-prices.mjs')], {
          OPENAI_BASE_URL: openai.baseURL,
          TOKENMETER_PRICE_REFRESH_URL: `${origin}/p.json`,
          TOKENMETER_METRICS_PORT: '0',
          TOKENMETER_OTLP: 'off',
        })
        expect(outcome).toEqual({ code: 0, signal: null, stdout: `${2 * ONE_CALL}\n`, stderr: '' })
      },
    )
  })

  test('that never come do not keep the program alive', async () => {
    await using collector = await startCollector('silent')
    const hanging = await startCollector('silent')
    const outcome = await ask(
      collector,
      { TOKENMETER_PRICE_REFRESH_URL: `${hanging.url}/p.json`, TOKENMETER_OTLP: 'off' },
      ['Hello?'],
    )
    expect([outcome.code, outcome.stdout, outcome.stderr]).toEqual([0, 'Hello.\n', ''])
    expect(hanging.deliveries.map(({ path }) => path)).toEqual(['/p.json'])
    await hanging[Symbol.asyncDispose]()
  })

  test('that cannot be used are one line, without the credentials in the address', async () => {
    await using collector = await startCollector()
    await withPrices(
      () => '{}',
      async (origin) => {
        const url = `${origin.replace('//', '//name:secret@')}/p.json?key=secret`
        const outcome = await ask(collector, { TOKENMETER_PRICE_REFRESH_URL: url }, HELLO)
        expect(outcome.stderr).not.toContain('secret')
        expect(ourLines(outcome)).toEqual([
          `tokenmeter: the prices of ${origin}/p.json are not taken, and those in force stay: prices must be a list, got nothing`,
        ])
      },
    )
    expect(collector.counter('ai.cost')).toBeCloseTo(3 * ONE_CALL, 15)
  })

  test('from an address that is none are refused at the start, and it is not quoted', async () => {
    await using collector = await startCollector()
    const outcome = await ask(collector, { TOKENMETER_PRICE_REFRESH_URL: 'http://prices.example/?key=secret' }, [
      'Hello?',
    ])
    expect(outcome.stderr).not.toContain('secret')
    expect(ourLines(outcome)).toEqual([
      'tokenmeter: priceRefresh: TOKENMETER_PRICE_REFRESH_URL: priceRefresh.url must be an address that begins with https://, ' +
        'or with http:// and a host that is this machine; going on with nothing',
    ])
  })
})

test('a file of prices that is not there costs one line, and calls cost what they cost without', async () => {
  await using collector = await startCollector()
  const path = programPath('no-such-prices.json')
  const outcome = await ask(collector, { TOKENMETER_PRICES: path }, HELLO)
  expect([outcome.code, outcome.stdout]).toEqual([0, 'Hello.\n'.repeat(3)])
  expect(ourLines(outcome)).toEqual([
    expect.stringContaining(`prices: TOKENMETER_PRICES: ${path} cannot be used: ENOENT`),
  ])
  expect(collector.counter('ai.cost')).toBeCloseTo(3 * ONE_CALL, 15)
})
