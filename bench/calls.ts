import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { SCENARIOS } from './scenario.ts'
import { startSink } from './sink.ts'
import type { Variant } from './setup.ts'
import { median } from './statistics.ts'
import type { HeapResult, SliceResult, WorkerRequest } from './worker.ts'

/** What one call costs more than with the bare client, in the medians of all slices. */
export interface CallCost {
  readonly scenario: string
  readonly bareUs: number
  readonly addedUs: number
  readonly addedCpuUs: number
  readonly ratio: number
  readonly addedBytes: number
  readonly floorUs: number
  readonly floorBytes: number
  /** With everything sent to a Collector on this machine. */
  readonly exportingUs: number
}

const VARIANTS: readonly Variant[] = ['bare', 'tokenmeter', 'floor', 'exporting']
const ROUNDS = 3
const SLICES = 30
const QUICK_SLICES = 4
const SLICE_MS = 60
/** On a slow machine the compiler is at work for some seconds: what is being optimised is no measure of what a service pays. */
const WARM_UP_MS = { quick: 1500, full: 5000 }
// A young generation that holds a whole measurement, so that no collection falls into it.
const WORKER_FLAGS = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256']

/** Measures every scenario: new processes each round, which take turns in short slices so that the machine's moods hit all alike. */
export async function measureCalls(isQuick: boolean, progress: (text: string) => void): Promise<CallCost[]> {
  const rounds = isQuick ? 1 : ROUNDS
  await using sink = await startSink()
  const costs: CallCost[] = []
  for (const { name } of SCENARIOS) {
    const measurements = noMeasurements()
    for (let round = 1; round <= rounds; round++) {
      progress(`${name}: round ${round} of ${rounds}`)
      await runRound(name, isQuick, sink.url, measurements)
    }
    costs.push(summarise(name, measurements))
  }
  return costs
}

interface Measured {
  readonly slices: SliceResult[]
  readonly heap: number[]
}

type Measurements = Readonly<Record<Variant, Measured>>

function noMeasurements(): Measurements {
  return {
    bare: { slices: [], heap: [] },
    tokenmeter: { slices: [], heap: [] },
    floor: { slices: [], heap: [] },
    exporting: { slices: [], heap: [] },
  }
}

async function runRound(
  scenario: string,
  isQuick: boolean,
  sinkUrl: string,
  measurements: Measurements,
): Promise<void> {
  const workers: { variant: Variant; worker: ChildProcess }[] = []
  const warmUpMs = isQuick ? WARM_UP_MS.quick : WARM_UP_MS.full
  for (const variant of VARIANTS)
    workers.push({ variant, worker: await startWorker([variant, scenario, String(warmUpMs)], sinkUrl) })
  try {
    for (let slice = 0; slice < (isQuick ? QUICK_SLICES : SLICES); slice++) {
      for (const { variant, worker } of workers) {
        measurements[variant].slices.push(await ask<SliceResult>(worker, { milliseconds: SLICE_MS }))
      }
    }
    for (const { variant, worker } of workers) {
      const bytes = await ask<HeapResult>(worker, 'heap')
      if (bytes !== null) measurements[variant].heap.push(bytes)
    }
  } finally {
    await Promise.all(workers.map(({ worker }) => stopWorker(worker)))
  }
}

async function ask<Result>(worker: ChildProcess, request: WorkerRequest): Promise<Result> {
  const answer = once(worker, 'message') as Promise<[{ readonly result: Result }]>
  worker.send(request)
  const [{ result }] = await answer
  return result
}

async function startWorker(argv: readonly [Variant, ...string[]], sinkUrl: string): Promise<ChildProcess> {
  const worker = fork(new URL('worker.ts', import.meta.url), argv, {
    execArgv: WORKER_FLAGS,
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: sinkUrl },
  })
  await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(([code]) => {
      throw new Error(`The "${argv[0]}" worker ended with code ${code} before it was ready.`)
    }),
  ])
  return worker
}

async function stopWorker(worker: ChildProcess): Promise<void> {
  const ended = once(worker, 'exit')
  if (worker.kill()) await ended
}

/** Slice by slice, a variant is compared with the bare slice beside it. */
function summarise(scenario: string, measurements: Measurements): CallCost {
  const perCall = (variant: Variant, field: 'wallUs' | 'cpuUs'): number[] =>
    measurements[variant].slices.map((slice) => slice[field] / slice.calls)
  const added = (variant: Variant, field: 'wallUs' | 'cpuUs'): number => {
    const bare = perCall('bare', field)
    return median(perCall(variant, field).map((value, index) => value - (bare[index] ?? Number.NaN)))
  }
  const bareWall = perCall('bare', 'wallUs')
  const heap = (variant: Variant): number => median(measurements[variant].heap)
  return {
    scenario,
    bareUs: median(bareWall),
    addedUs: added('tokenmeter', 'wallUs'),
    addedCpuUs: added('tokenmeter', 'cpuUs'),
    ratio: median(perCall('tokenmeter', 'wallUs').map((value, index) => value / (bareWall[index] ?? Number.NaN))),
    addedBytes: heap('tokenmeter') - heap('bare'),
    floorUs: added('floor', 'wallUs'),
    floorBytes: heap('floor') - heap('bare'),
    exportingUs: added('exporting', 'wallUs'),
  }
}
