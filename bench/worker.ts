import { PerformanceObserver } from 'node:perf_hooks'
import { SCENARIOS, type Scenario } from './scenario.ts'
import { createFloor, startExporting, startTokenmeter, type Variant } from './setup.ts'

/** What a worker is asked for: a slice of work of so many milliseconds, or how much garbage a call leaves. */
export type WorkerRequest = { readonly milliseconds: number } | 'heap'

/** What a slice took. */
export interface SliceResult {
  readonly calls: number
  readonly wallUs: number
  readonly cpuUs: number
}

/** Bytes of garbage a call leaves, or `null` when a collection always came in between. */
export type HeapResult = number | null

const [variant, scenarioName, warmUpMs] = process.argv.slice(2) as [Variant, string, string]
const scenario = SCENARIOS.find(({ name }) => name === scenarioName)
if (!scenario)
  throw new Error(`There is no scenario "${scenarioName}"; there is: ${SCENARIOS.map(({ name }) => name).join(', ')}.`)

let collections = 0
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })

const runCall = await prepare(variant, scenario)

async function prepare(who: Variant, { respond, call, metricRecords }: Scenario): Promise<() => Promise<void>> {
  if (who === 'tokenmeter') await startTokenmeter()
  if (who === 'exporting') await startExporting()
  const floor = who === 'floor' ? createFloor() : undefined
  const { default: OpenAI } = await import('openai')
  const client = new OpenAI({ apiKey: 'bench', baseURL: 'http://127.0.0.1:9/v1', fetch: async () => respond() })
  return async () => {
    await call(client)
    floor?.record(metricRecords)
  }
}

async function runSlice(milliseconds: number): Promise<SliceResult> {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const end = start + milliseconds
  let calls = 0
  while (performance.now() < end) {
    await runCall()
    calls += 1
    // A service waits for the network all the time; batches are exported while it does.
    if (calls % CALLS_BETWEEN_PAUSES === 0) await pause()
  }
  const wallUs = (performance.now() - start) * 1000
  const { user, system } = process.cpuUsage(cpu)
  return { calls, wallUs, cpuUs: user + system }
}

const HEAP_ROUNDS = 2
const HEAP_ATTEMPTS = 5
const CALLS_BETWEEN_PAUSES = 50

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/**
 * Right after a collection has been reported, so that none falls into it. Not after one that was asked for: that would throw compiled code away, and other
 * code leaves other garbage.
 */
async function measureHeap(): Promise<HeapResult> {
  for (let attempt = 0; attempt < HEAP_ATTEMPTS; attempt++) {
    const collectionsBefore = await nextCollection()
    const before = process.memoryUsage().heapUsed
    for (let round = 0; round < HEAP_ROUNDS; round++) await runCalls()
    const after = process.memoryUsage().heapUsed
    if (collections === collectionsBefore && after > before)
      return (after - before) / (HEAP_ROUNDS * CALLS_BETWEEN_PAUSES)
  }
  return null
}

/** How many there have been after it. */
async function nextCollection(): Promise<number> {
  const before = collections
  do await runCalls()
  while (collectionsSince(before) === 0)
  return collections
}

const collectionsSince = (before: number): number => collections - before

async function runCalls(): Promise<void> {
  for (let call = 0; call < CALLS_BETWEEN_PAUSES; call++) await runCall()
  await pause()
}

process.on('message', (request: WorkerRequest) => {
  const answer: Promise<SliceResult | HeapResult> = request === 'heap' ? measureHeap() : runSlice(request.milliseconds)
  void answer.then((result) => process.send?.({ result }))
})
await runSlice(Number(warmUpMs))
process.send?.('ready')
