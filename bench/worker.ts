import { PerformanceObserver } from 'node:perf_hooks'
import { SCENARIOS, type Scenario } from './scenario.ts'
import { createFloor, startTokenmeter, type Variant } from './setup.ts'

/** Asks a worker for one slice of work. */
export interface SliceRequest {
  readonly milliseconds: number
}

/** What a slice took. */
export interface SliceResult {
  readonly calls: number
  readonly wallUs: number
  readonly cpuUs: number
  /** Bytes of garbage a call leaves, or `undefined` when a collection came in between. */
  readonly heapBytes: number | undefined
}

const [variant, scenarioName] = process.argv.slice(2) as [Variant, string]
const scenario = SCENARIOS.find(({ name }) => name === scenarioName)
if (!scenario)
  throw new Error(`There is no scenario "${scenarioName}"; there is: ${SCENARIOS.map(({ name }) => name).join(', ')}.`)

let collections = 0
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] })

const runCall = await prepare(variant, scenario)

async function prepare(who: Variant, { respond, call, metricRecords }: Scenario): Promise<() => Promise<void>> {
  if (who === 'tokenmeter') await startTokenmeter()
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
  return { calls, wallUs, cpuUs: user + system, heapBytes: await measureHeap() }
}

const HEAP_CALLS = 200
const CALLS_BETWEEN_PAUSES = 50

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function measureHeap(): Promise<number | undefined> {
  globalThis.gc?.()
  // The collection just made is reported some turns later.
  for (let turn = 0; turn < 3; turn++) await pause()
  const collectionsBefore = collections
  const before = process.memoryUsage().heapUsed
  for (let call = 0; call < HEAP_CALLS; call++) await runCall()
  const after = process.memoryUsage().heapUsed
  await pause()
  return collections === collectionsBefore ? (after - before) / HEAP_CALLS : undefined
}

process.on('message', ({ milliseconds }: SliceRequest) => {
  void runSlice(milliseconds).then((result) => process.send?.(result))
})
await runSlice(1000)
process.send?.('ready')
