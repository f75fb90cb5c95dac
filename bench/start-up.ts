import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { median } from './statistics.ts'

/** Milliseconds a process that imports openai takes from start to exit, and what is added to that. */
export interface StartUpCost {
  readonly bareMs: number
  readonly addedMs: number
  /** The OpenTelemetry API alone, which everything that speaks OpenTelemetry loads. */
  readonly addedByApiMs: number
  /** Our own code, without the SDK and without the API. */
  readonly addedByOwnCodeMs: number
}

const program = fileURLToPath(new URL('start-up-program.mjs', import.meta.url))
const ownCode = fileURLToPath(new URL('start-up-own-code.cjs', import.meta.url))
const apiOnly = fileURLToPath(new URL('start-up-api.cjs', import.meta.url))

/** Runs the same program bare, with everything, and with our own code only, in turns. */
export function measureStartUp(runs: number, progress: (text: string) => void): StartUpCost {
  const bare: number[] = []
  const everything: number[] = []
  const api: number[] = []
  const own: number[] = []
  for (let run = 1; run <= runs; run++) {
    progress(`start-up: run ${run} of ${runs}`)
    const bareMs = runProgram([])
    bare.push(bareMs)
    everything.push(runProgram(['--import', import.meta.resolve('@tokenmeter/node/register')]) - bareMs)
    const apiMs = runProgram(['--import', apiOnly])
    api.push(apiMs - bareMs)
    own.push(runProgram(['--import', ownCode]) - apiMs)
  }
  return {
    bareMs: median(bare),
    addedMs: median(everything),
    addedByApiMs: median(api),
    addedByOwnCodeMs: median(own),
  }
}

function runProgram(flags: readonly string[]): number {
  const env = { ...process.env, TOKENMETER_METRICS_PORT: '0' }
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, [...flags, program], { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`The start-up program failed with ${flags.join(' ') || 'no flags'}: ${stderr}`)
  return performance.now() - start
}
