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
const HEAP_VARIANTS: readonly Variant[] = ['bare', 'tokenmeter', 'floor']
const ROUNDS = 3
const SLICES = 40
const QUICK_SLICES = 4
const SLICE_MS = 50
/** On a slow machine the compiler is at work for some seconds: what is being optimised is no measure of what a service pays. */
const WARM_UP_MS = { quick: 1500, full: 8000 }
const FIRST_CALLS_MS = 50
/** Node's own young generation, and none that grows while it is measured. */
const TIME_FLAGS = ['--max-semi-space-size=16', '--min-semi-space-size=16']
/** A young generation that holds a whole measurement, so that no collection falls into it. */
const HEAP_FLAGS = ['--max-semi-space-size=256', '--min-semi-space-size=256']

/** Measures every scenario: new processes each round, which take turns in short slices so that the machine's moods hit all alike. */
export async function measureCalls(isQuick: boolean, progress: (text: string) => void): Promise<CallCost[]> {
  const rounds = isQuick ? 1 : ROUNDS
  const warmUpMs = isQuick ? WARM_UP_MS.quick : WARM_UP_MS.full
  await using sink = await startSink()
  const costs: CallCost[] = []
  for (const { name } of SCENARIOS) {
    const measurements = noMeasurements()
    for (let round = 0; round < rounds; round++) {
      progress(`${name}: round ${round + 1} of ${rounds}`)
      await takeTurns(name, round, warmUpMs, isQuick ? QUICK_SLICES : SLICES, sink.url, measurements)
      await weigh(name, warmUpMs, sink.url, measurements)
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

/**
 * All processes are started, and then warmed up in turns: one that waits some seconds for the others, after its compiler has finished, remains the slower one
 * by a tenth from then on. Who is started first, and whose turn comes first, changes all the time.
 */
async function takeTurns(
  scenario: string,
  round: number,
  warmUpMs: number,
  slices: number,
  sinkUrl: string,
  measurements: Measurements,
): Promise<void> {
  const workers: { variant: Variant; worker: ChildProcess }[] = []
  for (const variant of rotated(VARIANTS, round))
    workers.push({
      variant,
      worker: await startWorker([variant, scenario, String(FIRST_CALLS_MS)], TIME_FLAGS, sinkUrl),
    })
  const inTurns = async (turns: number, note: (variant: Variant, result: SliceResult) => void): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) {
      for (const { variant, worker } of rotated(workers, turn))
        note(variant, await ask<SliceResult>(worker, { milliseconds: SLICE_MS }))
    }
  }
  try {
    await inTurns(warmUpMs / SLICE_MS, () => {})
    await inTurns(slices, (variant, result) => measurements[variant].slices.push(result))
  } finally {
    await Promise.all(workers.map(({ worker }) => stopWorker(worker)))
  }
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const start = by % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}

/** Bytes do not depend on who runs beside. */
async function weigh(scenario: string, warmUpMs: number, sinkUrl: string, measurements: Measurements): Promise<void> {
  await Promise.all(
    HEAP_VARIANTS.map(async (variant) => {
      const worker = await startWorker([variant, scenario, String(warmUpMs)], HEAP_FLAGS, sinkUrl)
      try {
        const bytes = await ask<HeapResult>(worker, 'heap')
        if (bytes !== null) measurements[variant].heap.push(bytes)
      } finally {
        await stopWorker(worker)
      }
    }),
  )
}

async function ask<Result>(worker: ChildProcess, request: WorkerRequest): Promise<Result> {
  const answer = once(worker, 'message') as Promise<[{ readonly result: Result }]>
  worker.send(request)
  const [{ result }] = await answer
  return result
}

async function startWorker(
  argv: readonly [Variant, ...string[]],
  execArgv: readonly string[],
  sinkUrl: string,
): Promise<ChildProcess> {
  const worker = fork(new URL('worker.ts', import.meta.url), argv, {
    execArgv: [...execArgv],
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
