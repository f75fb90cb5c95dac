import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'
import { type Browser, chromium } from 'playwright-core'

/*
 * `pnpm bench:trace [--cpu-prof]`: how long a browser takes to open a trace in the viewer, from the address to the first picture that has its
 * spans, and what of that is waiting for them. Needs Chromium, at `CHROMIUM_PATH` or where Debian has it.
 */

const SIZES = [100, 100_000]
const SPANS_AN_AGENT = 100
const SPANS_A_REQUEST = 5000
const TURNS = 9

/** How the viewer spends its time, a file for each of its threads. */
const PROFILE = process.argv.includes('--cpu-prof') ? ['--cpu-prof', '--cpu-prof-dir=.profiles'] : []

/** Milliseconds since the page was asked for. */
interface Opened {
  readonly asked: number
  readonly answered: number
  readonly painted: number
  readonly bytes: number
}

const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-'))
const viewer = fork(fileURLToPath(new URL('viewer-program.ts', import.meta.url)), [join(folder, 'calls.sqlite')], {
  execArgv: ['--conditions=source', ...PROFILE],
})
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  const [{ url }] = (await once(viewer, 'message')) as [{ url: string }]
  console.log(
    '| spans | asked for | there | painted, p50 ms | painted, max ms | kB |\n| ---: | ---: | ---: | ---: | ---: | ---: |',
  )
  for (const spans of SIZES) {
    const traceId = spans.toString(16).padStart(32, '0')
    for (let first = 0; first < spans; first += SPANS_A_REQUEST) await send(url, traceId, first, spans)
    const turns: Opened[] = []
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await open(browser, `${url}/traces/${traceId}`))
    const half = (of: keyof Opened): number =>
      turns.map((turn) => turn[of]).toSorted((a, b) => a - b)[Math.floor(TURNS / 2)] ?? 0
    const most = Math.max(...turns.map(({ painted }) => painted))
    const cells = [spans, half('asked'), half('answered'), half('painted'), most, half('bytes') / 1000]
    console.log(`| ${cells.map((cell) => Math.round(cell).toLocaleString('en')).join(' | ')} |`)
  }
} finally {
  await browser.close()
  viewer.disconnect()
  await once(viewer, 'exit')
  rmSync(folder, { recursive: true, force: true })
}

/** Opens a page that nothing is kept of, and tells when its spans were there. */
async function open(on: Browser, address: string): Promise<Opened> {
  const context = await on.newContext({ viewport: { width: 1360, height: 820 }, bypassCSP: true })
  const page = await context.newPage()
  await page.addInitScript(noteFirstPicture)
  await page.goto(address)
  const painted = await page.waitForFunction<number>('window.paintedAt')
  const at = await painted.jsonValue()
  const request = await page.evaluate(() => {
    const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    return entries.find(({ name }) => name.includes('/api/traces/'))?.toJSON() as PerformanceResourceTiming
  })
  await context.close()
  return { asked: request.startTime, answered: request.responseEnd, painted: at, bytes: request.encodedBodySize }
}

/** Runs in the page: the first frame with a span in it, when it has been handed over. */
function noteFirstPicture(): void {
  const look = (): void => {
    if (document.querySelector('[role=treeitem]') === null) requestAnimationFrame(look)
    else setTimeout(() => Object.assign(window, { paintedAt: performance.now() }))
  }
  requestAnimationFrame(look)
}

/** Sends some spans of a trace of agents, each of which has calls and tools below it. */
async function send(url: string, traceId: string, first: number, count: number): Promise<void> {
  const last = Math.min(count, first + SPANS_A_REQUEST)
  const now = Date.now()
  const spans = Array.from({ length: last - first }, (_, index) => spanOf(traceId, first + index, now))
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  })
  if (!response.ok) throw new Error(await response.text())
}

function spanOf(traceId: string, number: number, now: number): unknown {
  const agent = number - (number % SPANS_AN_AGENT)
  const isAgent = number === agent
  const start = now - 600_000 + number * 5
  const parent = isAgent ? 0 : agent
  return {
    traceId,
    spanId: idOf(number),
    parentSpanId: number === 0 ? '' : idOf(parent),
    name: isAgent ? 'invoke_agent support' : number % 2 === 0 ? 'execute_tool find_order' : 'chat gpt-4o',
    kind: 1,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + (isAgent ? 500 : 4)}000000`,
    attributes: isAgent
      ? textAttributes({ [ATTRIBUTE.genAiOperationName]: 'invoke_agent' })
      : number % 2 === 0
        ? textAttributes({ [ATTRIBUTE.genAiOperationName]: 'execute_tool' })
        : callAttributes(number),
  }
}

/** Ids as they come: in no order. */
function idOf(number: number): string {
  return ((BigInt(number + 1) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(16).padStart(16, '0')
}

function callAttributes(number: number): readonly unknown[] {
  return [
    ...textAttributes({
      [ATTRIBUTE.genAiOperationName]: 'chat',
      [ATTRIBUTE.genAiRequestModel]: 'gpt-4o',
      [AI_ATTRIBUTE.feature]: 'order status',
    }),
    countAttribute(ATTRIBUTE.genAiUsageInputTokens, 1000 + (number % 977)),
    countAttribute(ATTRIBUTE.genAiUsageOutputTokens, 100 + (number % 89)),
    { key: AI_ATTRIBUTE.cost, value: { doubleValue: 0.0001 * (1 + (number % 397)) } },
    { key: ATTRIBUTE.genAiResponseTimeToFirstChunk, value: { doubleValue: 0.001 } },
  ]
}

function countAttribute(key: string, count: number): unknown {
  return { key, value: { intValue: String(count) } }
}

function textAttributes(held: Readonly<Record<string, string>>): readonly unknown[] {
  return Object.entries(held).map(([key, stringValue]) => ({ key, value: { stringValue } }))
}
