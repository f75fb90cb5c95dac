import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { findFreePorts } from '../../collector/stack/free-ports.ts'
import { waitFor } from '../../collector/stack/wait-for.ts'
import { APPLICATIONS, environmentOf, type ServiceAddresses } from './environment.ts'

/** What an application that has ended leaves behind. */
export interface ApplicationRun {
  /** The pull endpoint's answer, after the last call and before the end. */
  readonly exposition: string
  readonly exitCode: number | null
  readonly stderr: string
}

/** Runs `calls.ts` to its end with one import in front of it, as a user would. */
export async function runApplication(
  addresses: ServiceAddresses,
  settings: Readonly<Record<string, string>> = {},
): Promise<ApplicationRun> {
  const { metrics } = await findFreePorts(['metrics'])
  const child = spawnApplication('calls.ts', addresses, { ...settings, OTEL_EXPORTER_PROMETHEUS_PORT: String(metrics) })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const stderr = text(child.stderr)
  let exposition: string | undefined
  try {
    const isDone = await writesLine(child.stdout)
    if (isDone) exposition = await waitFor('the pull endpoint', () => fetchText(`http://127.0.0.1:${metrics}/metrics`))
  } finally {
    child.stdin.end()
  }
  const [exitCode] = await exited
  if (exposition === undefined) throw new Error(`calls.ts ended with ${exitCode} amid its calls:\n${await stderr}`)
  return { exposition, exitCode, stderr: await stderr }
}

/** An application that makes calls until it is disposed of. */
export interface SteadyCalls extends AsyncDisposable {
  /** Where its `/metrics` is. */
  readonly metricsPort: number
}

/** Starts `steady-calls.ts` in the same way. */
export async function startSteadyCalls(
  addresses: ServiceAddresses,
  settings: Readonly<Record<string, string>> = {},
): Promise<SteadyCalls> {
  return await startCalls('steady-calls.ts', addresses, settings)
}

/** Starts `desk-calls.ts`, whose calls say for whom they are made, with counters that say it, too. */
export async function startDeskCalls(
  addresses: ServiceAddresses,
  settings: Readonly<Record<string, string>>,
): Promise<SteadyCalls> {
  return await startCalls('desk-calls.ts', addresses, {
    ...settings,
    TOKENMETER_METRIC_ATTRIBUTION: 'feature,tenant,user',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=e2e',
  })
}

async function startCalls(
  program: string,
  addresses: ServiceAddresses,
  settings: Readonly<Record<string, string>>,
): Promise<SteadyCalls> {
  const { metrics } = await findFreePorts(['metrics'])
  const child = spawnApplication(program, addresses, { ...settings, OTEL_EXPORTER_PROMETHEUS_PORT: String(metrics) })
  const exited = once(child, 'exit') as Promise<[number | null]>
  const stderr = text(child.stderr)
  return {
    metricsPort: metrics,
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      const [exitCode] = await exited
      if (exitCode !== 0) throw new Error(`${program} ended with ${exitCode}:\n${await stderr}`)
    },
  }
}

function spawnApplication(
  program: string,
  addresses: ServiceAddresses,
  settings: Readonly<Record<string, string>>,
): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--conditions=source', '--import', '@tokenmeter/node/register', program], {
    cwd: APPLICATIONS,
    env: { ...environmentOf(addresses), ...settings },
  })
}

/** Whether a stream has a first line before it ends. */
async function writesLine(stream: NodeJS.ReadableStream): Promise<boolean> {
  const lines = createInterface({ input: stream })
  return await new Promise((resolve) => {
    lines.once('line', () => resolve(true))
    lines.once('close', () => resolve(false))
  })
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return await response.text()
}
