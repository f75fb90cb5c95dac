import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AI_ATTRIBUTE, ATTRIBUTE } from '@tokenmeter/meter'
import { type Browser, chromium } from 'playwright-core'

/*
 * `pnpm bench:trace [--cpu-prof]`: how long a browser takes to open a trace in the viewer, from the address to the first picture that has spans of it, and to
 * the one that has all, with their sums. Needs Chromium, at `CHROMIUM_PATH` or where Debian has it.
 */

const SIZES = [100, 100_000]
const SPANS_AN_AGENT = 100
const SPANS_A_REQUEST = 5000
const TURNS = 9

/** How the viewer spends its time, a file for each of its threads. */
const PROFILE = process.argv.includes('--cpu-prof') ? ['--cpu-prof', '--cpu-prof-dir=.profiles'] : []

/** Milliseconds since the page was asked for. */
interface Opened {
  readonly first: number
  readonly whole: number
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
    '| spans | first, p50 ms | first, max ms | all, p50 ms | all, max ms |\n| ---: | ---: | ---: | ---: | ---: |',
  )
  for (const spans of SIZES) {
    const traceId = spans.toString(16).padStart(32, '0')
    for (let first = 0; first < spans; first += SPANS_A_REQUEST) await send(url, traceId, first, spans)
    const turns: Opened[] = []
    for (let turn = 0; turn < TURNS; turn += 1) turns.push(await open(browser, `${url}/traces/${traceId}`))
    const times = (['first', 'whole'] as const).flatMap((of) => {
      const sorted = turns.map((turn) => turn[of]).toSorted((a, b) => a - b)
      return [sorted[Math.floor(TURNS / 2)] ?? 0, sorted.at(-1) ?? 0]
    })
    const cells = [spans, ...times]
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
  await page.addInitScript(notePictures)
  await page.goto(address)
  const opened = await page.waitForFunction<Opened | undefined>('window.pictures?.whole && window.pictures')
  const times = (await opened.jsonValue()) as Opened
  await context.close()
  return times
}

/** Runs in the page: when the frames with the first spans and with all of them have been handed over. */
function notePictures(): void {
  const pictures: Record<string, number> = {}
  Object.assign(window, { pictures })
  const noteWhenThere = (name: string, selector: string): void => {
    const look = (): void => {
      if (document.querySelector(selector) === null) requestAnimationFrame(look)
      else setTimeout(() => (pictures[name] = performance.now()))
    }
    requestAnimationFrame(look)
  }
  noteWhenThere('first', '[role=treeitem]')
  noteWhenThere('whole', '[aria-busy=false] [role=treeitem]')
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
