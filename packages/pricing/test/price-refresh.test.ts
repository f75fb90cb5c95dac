import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createPriceBook,
  CostTracker,
  type PriceBook,
  PriceRefresher,
  type PriceRefreshSettings,
} from '../src/index.ts'
import { priceServer } from './price-server.ts'

/** In force before any refresh. */
const PRICES = {
  source: 'contract',
  date: '2026-10-01',
  prices: [
    { provider: 'openai', models: ['gpt-9'], rates: { input: '2', output: '8' } },
    {
      provider: 'openai',
      models: ['gpt-9-long'],
      rates: { input: '2' },
      longContext: [{ aboveInputTokens: 1000, rates: { input: '30' } }],
    },
  ],
}
const TODAY = Date.parse('2026-11-27')

/** A file of prices in which gpt-9 costs that much to read. */
const fileWith = (input: string, more: object = {}): string =>
  JSON.stringify({ date: '2026-11-27', prices: [{ ...PRICES.prices[0], rates: { input, output: '8' }, ...more }] })

/** A book whose other prices are those of `PRICES`. */
function bookOf(): PriceBook {
  const list = createPriceBook({ prices: PRICES, lists: [] })
  return createPriceBook({
    lists: [{ find: ({ provider, model, day, tier }) => list.resolve(provider, model, day, tier) }],
  })
}

const inputPrice = (book: PriceBook): string | undefined => book.resolve('openai', 'gpt-9', TODAY).card?.rates.input

const silent = (): void => {}
let said: string[]

beforeEach(() => {
  said = []
  const warn = (line: string): void => void said.push(line)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
})
afterEach(() => {
  diag.disable()
  vi.useRealTimers()
})

test('new prices are in force at once, and say where they are from and of which day', async () => {
  await using server = await priceServer(fileWith('3'))
  const book = bookOf()
  expect(inputPrice(book)).toBe('2')
  expect(await new PriceRefresher(book, { url: `${server.origin}/prices.json?key=secret` }).refresh()).toBe(true)
  expect(book.resolve('openai', 'gpt-9', TODAY).card).toMatchObject({
    rates: { input: '3', output: '8' },
    source: `${server.origin}/prices.json`,
    date: '2026-11-27',
  })
  expect(said).toEqual([])
})

test('they replace those of the refresh before', async () => {
  const files = [fileWith('3'), fileWith('4', { models: ['gpt-10'] })]
  await using server = await priceServer(() => files.shift() ?? '')
  const book = bookOf()
  const refresher = new PriceRefresher(book, { url: server.origin })
  await refresher.refresh()
  await refresher.refresh()
  expect(inputPrice(book)).toBe('2')
  expect(book.resolve('openai', 'gpt-10', TODAY).card?.rates.input).toBe('4')
})

test("the caller's own prices win over them", async () => {
  await using server = await priceServer(fileWith('3'))
  const book = createPriceBook({ prices: PRICES, lists: [] })
  expect(await new PriceRefresher(book, { url: server.origin }).refresh()).toBe(true)
  expect(inputPrice(book)).toBe('2')
})

test('they may be in a file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-prices-'))
  const file = join(folder, 'prices.json')
  writeFileSync(file, fileWith('3'))
  const book = bookOf()
  expect(await new PriceRefresher(book, { file }).refresh()).toBe(true)
  expect(inputPrice(book)).toBe('3')
  rmSync(folder, { recursive: true })
  const refresher = new PriceRefresher(book, { file })
  expect(await refresher.refresh()).toBe(false)
  expect(await new PriceRefresher(book, { file: tmpdir() }).refresh()).toBe(false)
  expect(inputPrice(book)).toBe('3')
  expect(said).toEqual([
    expect.stringContaining(`the prices of ${file} are not taken, and those in force stay: ENOENT`),
    `tokenmeter: the prices of ${tmpdir()} are not taken, and those in force stay: it is no file`,
  ])
})

/** Why the answer of a server is refused. */
const refusedBecause = async (
  answer: Parameters<typeof priceServer>[0],
  settings: PriceRefreshSettings = {},
): Promise<string> => {
  await using server = await priceServer(answer)
  const book = bookOf()
  expect(await new PriceRefresher(book, { url: `${server.origin}/p.json`, ...settings }).refresh()).toBe(false)
  expect(inputPrice(book)).toBe('2')
  return said.join().replace(/.* stay: /, '')
}

describe('refused as a whole, said once, and the prices in force stay:', () => {
  const tooMany = { length: 5 }
  test.each<[string, string, string]>([
    ['what is no JSON', '<html>', 'Unexpected token'],
    ['what ends too early', fileWith('3').slice(0, -5), 'JSON'],
    [
      'another schema',
      '{"models":[]}',
      'models is not a field; there is: source, date, prices; prices must be a list, got nothing',
    ],
    [
      'wrong fields',
      JSON.stringify({ prices: Array.from(tooMany, () => 1) }),
      'prices[0] must be an object with provider, models, snapshots, tiers, zone, zoneFactors, sizes, qualities, from, until, rates, ' +
        'longContext, source, date, got 1; prices[1] must be',
    ],
    [
      'a price more than tenfold',
      fileWith('20.000001'),
      'more than tenfold moved input of openai gpt-9 from 2 to 20.000001',
    ],
    ['a price below a tenth', fileWith('0.19'), 'more than tenfold moved input of openai gpt-9 from 2 to 0.19'],
    ['what is free all at once', fileWith('0'), 'more than tenfold moved input of openai gpt-9 from 2 to 0'],
    [
      'a tenfold price for long prompts',
      fileWith('2', { longContext: [{ aboveInputTokens: 1000, rates: { input: '21' } }] }),
      'more than tenfold moved input of openai gpt-9 from 2 to 21',
    ],
    [
      'a price for long prompts that is gone, and was more than tenfold',
      JSON.stringify({ prices: [{ ...PRICES.prices[1], date: '2026-11-27', longContext: [] }] }),
      'more than tenfold moved input of openai gpt-9-long from 30 to 2',
    ],
    [
      'a tenfold price in times to come',
      JSON.stringify({
        prices: [{ ...PRICES.prices[0], date: '2026-11-27', from: '2999-01-01', rates: { input: '21' } }],
      }),
      'more than tenfold moved input of openai gpt-9 from 2 to 21',
    ],
  ])('%s', async (_, body, why) => {
    await using server = await priceServer(body)
    const book = bookOf()
    const refresher = new PriceRefresher(book, { url: server.origin })
    expect(await refresher.refresh()).toBe(false)
    expect(await refresher.refresh()).toBe(false)
    expect(inputPrice(book)).toBe('2')
    expect(said).toEqual([
      expect.stringContaining(`the prices of ${server.origin}/ are not taken, and those in force stay: `),
    ])
    expect(said[0]).toContain(why)
  })

  test('a server that refuses', async () => {
    expect(await refusedBecause((_, response) => void response.writeHead(503).end())).toBe('HTTP 503')
  })
  test('a redirect, which is not followed', async () => {
    let asked = 0
    const why = await refusedBecause((_, response) => {
      asked += 1
      response.writeHead(302, { location: '/elsewhere.json' }).end()
    })
    expect([asked, why]).toEqual([1, 'HTTP 302: it is elsewhere, and redirects are not followed'])
  })
  test('one that never answers', async () => {
    expect(await refusedBecause((_request, _response) => {}, { timeoutMs: 50 })).toBe('it took more than 50 ms')
  })
  test('one that begins and never ends', async () => {
    const why = await refusedBecause((_, response) => void response.write('{"prices":'), { timeoutMs: 100 })
    expect(why).toBe('it took more than 100 ms')
  })
  test('one that breaks off', async () => {
    const why = await refusedBecause((_, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('{"prices":', () => response.destroy())
    })
    expect(why).toBe('aborted')
  })
  test('what is larger than it may be, and says so', async () => {
    expect(await refusedBecause(fileWith('3'), { maxBytes: 20 })).toBe('it has more than 20 bytes')
  })
  test('what is larger than it may be, and goes on for ever', async () => {
    const why = await refusedBecause(
      (_, response) => {
        const more = (): void => void response.write(' '.repeat(1000), more)
        more()
      },
      { maxBytes: 50_000 },
    )
    expect(why).toBe('it has more than 50000 bytes')
  })
  test('nobody there', async () => {
    const server = await priceServer('')
    await server[Symbol.asyncDispose]()
    const book = bookOf()
    expect(await new PriceRefresher(book, { url: server.origin }).refresh()).toBe(false)
    expect(said).toEqual([expect.stringContaining('ECONNREFUSED')])
  })
})

test('a price that moved tenfold and no more is taken, and so is one that nothing can be compared with', async () => {
  const file = {
    date: '2026-11-27',
    prices: [
      { ...PRICES.prices[0], rates: { input: '20', output: '0.8', cache_read: '100' } },
      { provider: 'openai', models: ['gpt-11'], rates: { input: '1000' } },
    ],
  }
  await using server = await priceServer(JSON.stringify(file))
  const book = bookOf()
  expect(await new PriceRefresher(book, { url: server.origin }).refresh()).toBe(true)
  expect(inputPrice(book)).toBe('20')
})

test('a price that has really moved so far is taken once it is among the prices of one’s own', async () => {
  await using server = await priceServer(fileWith('30'))
  const prices = { ...PRICES, prices: [{ ...PRICES.prices[0]!, rates: { input: '30', output: '8' } }] }
  const book = createPriceBook({ prices, lists: [] })
  expect(await new PriceRefresher(book, { url: server.origin }).refresh()).toBe(true)
})

test('a call that is priced meanwhile costs by all of the old prices or by all of the new ones', async () => {
  await using server = await priceServer(
    JSON.stringify({ ...PRICES, prices: [{ ...PRICES.prices[0], rates: { input: '4', output: '16' } }] }),
  )
  const book = bookOf()
  const tracker = new CostTracker({ book })
  const seen: (string | null)[] = []
  const ask = (): void => {
    seen.push(tracker.estimate({ prompt_tokens: 1000, completion_tokens: 1000 }, { model: 'gpt-9' }).usd)
  }
  const asking = setInterval(ask, 0)
  ask()
  expect(await new PriceRefresher(book, { url: server.origin }).refresh()).toBe(true)
  ask()
  clearInterval(asking)
  expect([...new Set(seen)]).toEqual(['0.01', '0.02'])
})

test('two refreshes at a time are one', async () => {
  let asked = 0
  await using server = await priceServer(() => {
    asked += 1
    return fileWith('3')
  })
  const refresher = new PriceRefresher(bookOf(), { url: server.origin })
  expect(await Promise.all([refresher.refresh(), refresher.refresh()])).toEqual([true, true])
  expect(asked).toBe(1)
})

test('it refreshes at the start and after every so many hours, until it is stopped', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  let next: () => void = silent
  const asked = (): Promise<void> => new Promise((resolve) => (next = resolve))
  await using server = await priceServer(() => {
    next()
    return fileWith('3')
  })
  const refresher = new PriceRefresher(bookOf(), { url: server.origin, everyHours: 2 })
  const first = asked()
  refresher.start()
  refresher.start()
  await first
  await refresher.refresh()
  const second = asked()
  vi.advanceTimersByTime(2 * 3_600_000)
  await second
  refresher.stop()
  expect(vi.getTimerCount()).toBe(0)
})

test('what is stopped changes nothing any more, and says nothing', async () => {
  let arrive: (answer: () => void) => void = silent
  const arrived = new Promise<() => void>((resolve) => (arrive = resolve))
  await using server = await priceServer((_, response) => arrive(() => void response.end(fileWith('3'))))
  const book = bookOf()
  const refresher = new PriceRefresher(book, { url: server.origin })
  const refreshing = refresher.refresh()
  const answer = await arrived
  refresher.stop()
  answer()
  expect(await refreshing).toBe(false)
  expect([inputPrice(book), said]).toEqual(['2', []])
})

describe('settings that are wrong are refused with every field, and no address is quoted:', () => {
  test.each<[unknown, string]>([
    ['https://a.example/?key=secret', 'priceRefresh must be { url: "https://prices.example.com/prices.json"'],
    [null, 'priceRefresh must be an object with url, file, everyHours, timeoutMs, maxBytes, got null'],
    [{}, 'priceRefresh must have either url or file'],
    [{ url: 'https://a.example/p.json', file: 'p.json' }, 'priceRefresh must have either url or file'],
    [
      { url: 'http://a.example/?key=secret' },
      'priceRefresh.url must be an address that begins with https://, or with http://',
    ],
    [{ url: 'http://127.0.0.1.example/' }, 'priceRefresh.url must be'],
    [{ url: 'ftp://a.example/' }, 'priceRefresh.url must be'],
    [{ url: 'secret' }, 'priceRefresh.url must be'],
    [{ file: '' }, 'priceRefresh.file must be a text that is not empty, got ""'],
    [
      { file: 'p.json', everyHours: 0 },
      'priceRefresh.everyHours must be a number of hours above 0, 500 at most, got 0',
    ],
    [
      { file: 'p.json', timeoutMs: '1s', maxBytes: -1 },
      'got "1s"; priceRefresh.maxBytes must be a whole number of bytes',
    ],
    [
      { file: 'p.json', every: 1 },
      'priceRefresh.every is not a field; there is: url, file, everyHours, timeoutMs, maxBytes',
    ],
  ])('%j', (settings, message) => {
    const make = (): PriceRefresher => new PriceRefresher(bookOf(), settings as PriceRefreshSettings)
    expect(make).toThrow(message)
    expect(make).not.toThrow('secret')
  })
  test.each(['https://u:p@a.example/p.json', 'http://localhost:1/', 'http://[::1]:1/', 'http://127.0.0.1:1/'])(
    '%s is an address',
    (url) => {
      expect(() => new PriceRefresher(bookOf(), { url, everyHours: 0.5 })).not.toThrow()
    },
  )
})

test('credentials of an address are sent, and never said', async () => {
  let authorization: string | undefined
  await using server = await priceServer((request, response) => {
    authorization = request.headers.authorization
    response.writeHead(403).end()
  })
  const url = `${server.origin.replace('//', '//name:password@')}/p.json?key=secret`
  await new PriceRefresher(bookOf(), { url }).refresh()
  expect(authorization).toBe(`Basic ${btoa('name:password')}`)
  expect(said).toEqual([
    `tokenmeter: the prices of ${server.origin}/p.json are not taken, and those in force stay: HTTP 403`,
  ])
})
