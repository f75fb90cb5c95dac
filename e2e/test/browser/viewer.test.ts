import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { INSTRUMENTS } from '@tokenmeter/meter'
import { startViewer, type Viewer } from '@tokenmeter/viewer'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrowser } from './chromium.ts'
import { metrics } from './metrics.ts'
import { conversations, manySpans } from './telemetry.ts'

const WIDE = { width: 1360, height: 820 }
const NARROW = { width: 420, height: 800 }
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** `SCREENSHOTS=1` keeps a picture of every view beside the docs. */
const PICTURES = fileURLToPath(new URL('../../../docs/viewer/', import.meta.url))

let viewer: Viewer
let browser: Browser
let sent: ReturnType<typeof conversations>

beforeAll(async () => {
  viewer = await startViewer({ port: 0 })
  browser = await startBrowser()
  sent = conversations(Date.now())
  await send(sent.body)
  await send(metrics(Date.now()), 'metrics')
  mkdirSync(PICTURES, { recursive: true })
})

afterAll(async () => {
  await browser?.close()
  await viewer?.close()
})

async function send(body: string, signal: 'traces' | 'metrics' = 'traces', { url } = viewer): Promise<void> {
  const response = await fetch(`${url}/v1/${signal}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  if (!response.ok) throw new Error(await response.text())
}

/** Opens a view, and fails when the page writes an error. */
async function open(
  path: string,
  { theme = 'light', size = WIDE }: { theme?: 'light' | 'dark'; size?: typeof WIDE } = {},
): Promise<Page & AsyncDisposable> {
  const page = await browser.newPage({ viewport: size, colorScheme: theme })
  const errors: string[] = []
  page.on('pageerror', ({ message }) => errors.push(message))
  page.on('console', (message) => {
    // A filter that is refused is told on the page.
    if (message.type() === 'error' && !message.text().includes('400 (Bad Request)')) errors.push(message.text())
  })
  await page.goto(`${viewer.url}${path}`)
  return Object.assign(page, {
    [Symbol.asyncDispose]: async () => {
      await page.close()
      expect(errors).toEqual([])
    },
  })
}

const VIEWS: readonly (readonly [name: string, path: string, sign: string])[] = [
  ['calls', '/', '[role=row] >> text=gpt-4o'],
  ['filtered', '/?filter=error:429', 'text=rate_limit_exceeded'],
  ['call', '/calls/3', 'text=find_order'],
  ['traces', '/traces', 'text=POST /ask'],
  ['trace', '/traces/00000000000000000000000000000004?span=18', 'text=Where is order 3?'],
  ['charts', '/charts?by=feature', 'text=Cost by feature'],
  ['sessions', '/sessions', 'text=conversation-3'],
  ['metrics', `/metrics?metric=${INSTRUMENTS.requestDuration.name}`, `text=${INSTRUMENTS.requestDuration.name}, count`],
  ['compare', '/compare?a=3&b=8', 'text=difference'],
  ['compare-ranges', '/compare', 'text=429s on the wire'],
]

describe.each(VIEWS)('the view %s', (name, path, sign) => {
  test.each([
    ['light', WIDE],
    ['dark', WIDE],
    ['light', NARROW],
  ] as const)('is whole and accessible, %s, %o', async (theme, size) => {
    await using page = await open(path, { theme, size })
    await page
      .locator(sign)
      .first()
      .waitFor({ state: size === NARROW ? 'attached' : 'visible' })
    await page.evaluate(AXE)
    const { violations } = (await page.evaluate('axe.run()')) as {
      violations: readonly { id: string; impact: string }[]
    }
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect(scrollWidth).toBe(clientWidth)
    if (process.env['SCREENSHOTS']) {
      await page.screenshot({
        path: `${PICTURES}${name}${theme === 'dark' ? '-dark' : ''}${size === NARROW ? '-narrow' : ''}.png`,
      })
    }
  })
})

test('durations, errors and rate-limit hits are charted by model, by user and by whatever else is chosen', async () => {
  await using page = await open('/charts?by=model')
  for (const title of ['p95 of the duration', 'Errors', 'Rate-limit hits']) {
    await page.getByRole('figure', { name: `${title} by model` }).waitFor()
  }
  await page.getByRole('combobox').selectOption('user')
  for (const title of ['Mean duration', 'Errors', 'Rate-limit hits'])
    await page.getByRole('figure', { name: `${title} by user` }).waitFor()
})

test('calls that come are there without a reload, unless paused', async () => {
  await using page = await open('/?filter=model:brand-new')
  await page.getByText('No call matches this filter').waitFor()
  await send(sent.body.replaceAll('gpt-4o"', 'brand-new"').replaceAll(/"traceId":"0/g, '"traceId":"1'))
  await page.getByRole('row').filter({ hasText: 'brand-new' }).first().waitFor()
})

test('keys move through the list, to the next error, and into a call', async () => {
  await using page = await open('/')
  await page.getByRole('row').nth(5).waitFor()
  await page.keyboard.press('j')
  await page.keyboard.press('e')
  const selected = page.locator('.row.selected')
  await expect.poll(() => selected.textContent()).toContain('rate_limit_exceeded')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/calls/*')
})

test('a filter is written, becomes chips and an address, and is taken away', async () => {
  await using page = await open('/')
  await page.getByRole('row').nth(1).waitFor()
  await page.keyboard.press('/')
  await page.keyboard.type('feature:returns')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/?filter=feature%3Areturns')
  await page.keyboard.type('cost>much')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').filter({ hasText: 'cost is compared with a number' }).waitFor()
  await page.getByRole('button', { name: 'Remove cost>much' }).click()
  await expect.poll(() => page.getByRole('alert').count()).toBe(0)
})

test('what was scrubbed stands out, and nothing that was said is HTML', async () => {
  await using page = await open('/calls/3')
  await page.locator('mark', { hasText: '[EMAIL]' }).waitFor()
  expect(await page.locator('main img').count()).toBe(0)
})

test('metrics that were sent are charted, each with a line for each of its series', async () => {
  await using page = await open('/metrics')
  const names = [INSTRUMENTS.rateLimitRemaining.name, INSTRUMENTS.requestDuration.name, INSTRUMENTS.requests.name]
  const select = page.getByLabel('metric')
  await expect.poll(() => select.locator('option').allTextContents()).toEqual(names)
  await select.selectOption(INSTRUMENTS.requests.name)
  const chart = page.locator('figure', { hasText: INSTRUMENTS.requests.name })
  await expect
    .poll(() => chart.locator('table.unseen tr').allTextContents())
    .toEqual([
      'model=gpt-4.1-minilatest 349, most 349',
      'model=gpt-4olatest 249, most 249',
      'model=o4-minilatest 149, most 149',
    ])
  expect(await chart.locator('canvas').count()).toBe(1)
  await select.selectOption(INSTRUMENTS.requestDuration.name)
  await page.waitForURL(`**/metrics?metric=${INSTRUMENTS.requestDuration.name}`)
  await expect.poll(() => page.locator('figure').count()).toBe(2)
})

test('a viewer to which no metrics have been sent says how that is done', async () => {
  await using empty = await startViewer({ port: 0 })
  const page = await browser.newPage()
  await page.goto(`${empty.url}/metrics`)
  await page.getByRole('heading', { name: 'No metrics yet' }).waitFor()
  await page.getByText(`OTEL_EXPORTER_OTLP_ENDPOINT=${empty.url}`).waitFor()
  await page.close()
})

test('a call is compared with an older one than the first page has, when older calls are asked for', async () => {
  await using filled = await startViewer({ port: 0 })
  // 120 calls, three pages.
  await send(manySpans('c'.repeat(32), 0, 240, Date.now()), 'traces', filled)
  const { calls } = await filled.store.query('calls', {}, 120)
  const [newest, oldest] = [calls.at(0)?.id, calls.at(-1)?.id]
  const page = await browser.newPage()
  await page.goto(`${filled.url}/compare?a=${newest}`)
  const older = page.getByRole('button', { name: 'older calls' })
  const options = page.getByRole('option')
  // One of them asks which, and a call is not compared with itself.
  await expect.poll(() => options.count()).toBe(50)
  await older.click()
  await expect.poll(() => options.count()).toBe(100)
  await older.click()
  await expect.poll(() => options.count()).toBe(120)
  expect(await older.count()).toBe(0)
  await page.getByRole('combobox').selectOption(String(oldest))
  await page.waitForURL(`**/compare?a=${newest}&b=${oldest}`)
  await page.getByText('difference').waitFor()
  await page.close()
})

test('a trace folds and unfolds, and shows the span that is chosen', async () => {
  await using page = await open('/traces/00000000000000000000000000000002')
  await page.getByRole('treeitem').nth(4).waitFor()
  await page.getByRole('button', { name: 'Fold' }).nth(1).click()
  await expect.poll(() => page.getByRole('treeitem').count()).toBe(2)
  await page.getByRole('button', { name: 'Unfold' }).click()
  await page.getByText('execute_tool find_order').click()
  await page.getByRole('heading', { name: 'execute_tool find_order' }).waitFor()
})

test('what is looked for in a trace is marked, and Enter goes to it', async () => {
  await using page = await open('/traces/00000000000000000000000000000002')
  await page.getByRole('treeitem').nth(4).waitFor()
  await page.getByLabel('Find in this trace').fill('find_order')
  await page.getByText('1 found').waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'execute_tool find_order' }).waitFor()
  expect(await page.locator('.bar-row.found').count()).toBe(1)
})

test('a trace of 100,000 spans is opened, and only what is seen is drawn', async () => {
  const traceId = 'b'.repeat(32)
  for (let first = 0; first < 100_000; first += 5000) await send(manySpans(traceId, first, 5000, Date.now()))
  await using page = await open(`/traces/${traceId}`)
  await page.getByText('100,000 spans').waitFor()
  await page.locator('[aria-label=Spans][aria-busy=false]').waitFor()
  expect(await page.getByRole('treeitem').count()).toBeLessThan(200)
  // 50,000 calls of 0.001 USD.
  await expect.poll(() => page.getByRole('treeitem').first().textContent()).toContain('$50.00')
  await page.getByLabel('Find in this trace').fill('chat')
  await page.getByText('50,000 found').waitFor()
})

test('a link to one of the last of 100,000 spans leads there', async () => {
  const traceId = 'b'.repeat(32)
  const answer = await fetch(`${viewer.url}/api/traces/${traceId}/columns`)
  const { columns } = (await answer.json()) as { readonly columns: { readonly id: readonly number[] } }
  await using page = await open(`/traces/${traceId}?span=${columns.id.at(-1)}`)
  await page.getByRole('heading', { name: 'chat gpt-4o open the call' }).waitFor()
  await page.locator('.bar-row.selected').waitFor()
})

test('a trace is asked for once, before the script of the page asks for anything', async () => {
  await using page = await open('/traces/00000000000000000000000000000002')
  await page.getByRole('treeitem').first().waitFor()
  const asked = (await page.evaluate(
    "performance.getEntriesByType('resource').toSorted((a, b) => a.startTime - b.startTime).map(({ name }) => new URL(name).pathname + new URL(name).search)",
  )) as readonly string[]
  const fromApi = asked.filter((path) => path.startsWith('/api/'))
  const columns = '/api/traces/00000000000000000000000000000002/columns'
  expect(fromApi.slice(0, 2)).toEqual([`${columns}?first=500`, columns])
  expect(fromApi.filter((path) => path.startsWith(columns))).toHaveLength(2)
})

test('a trace without its root is drawn, and says so', async () => {
  await using page = await open('/traces/0000000000000000000000000000000a')
  await page.getByText('parent missing').waitFor()
})

test('what is exported is imported again', async () => {
  await using page = await open('/traces/00000000000000000000000000000002')
  const exported = await (await fetch(`${viewer.url}/api/traces/00000000000000000000000000000002/otlp`)).text()
  const buffer = Buffer.from(
    exported.replaceAll('00000000000000000000000000000002', 'f0000000000000000000000000000002'),
  )
  await page.getByLabel('Files to import').setInputFiles({ name: 'trace.json', mimeType: 'application/json', buffer })
  await expect
    .poll(async () => (await fetch(`${viewer.url}/api/traces/f0000000000000000000000000000002`)).status)
    .toBe(200)
})

test('a page to share opens without the viewer', async () => {
  const html = await (await fetch(`${viewer.url}/api/traces/00000000000000000000000000000002/page`)).text()
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-page-'))
  const file = join(folder, 'trace.html')
  writeFileSync(file, html)
  const page = await browser.newPage()
  await page.goto(pathToFileURL(file).href)
  await page.getByRole('heading', { name: 'POST /ask' }).waitFor()
  await page.getByText('execute_tool find_order').click()
  await page.close()
  rmSync(folder, { recursive: true })
})
