import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { findFreePorts } from '../stack/free-ports.ts'
import { waitFor } from '../stack/wait-for.ts'

/** What an application that has ended leaves behind. */
export interface ApplicationRun {
  /** The pull endpoint's answer, after the last call and before the end. */
  readonly exposition: string
  readonly exitCode: number | null
  readonly stderr: string
}

const FOLDER = fileURLToPath(new URL('./', import.meta.url))

/** Runs `calls.ts` to its end with one import in front of it, as a user would. */
export async function runApplication(options: {
  readonly serviceName: string
  readonly openaiUrl: string
  readonly otlpUrl: string
}): Promise<ApplicationRun> {
  const { metrics } = await findFreePorts(['metrics'])
  const child = spawn(process.execPath, ['--conditions=source', '--import', '@tokenmeter/node/register', 'calls.ts'], {
    cwd: FOLDER,
    env: {
      PATH: process.env['PATH'],
      OPENAI_API_KEY: 'none',
      OPENAI_BASE_URL: options.openaiUrl,
      OTEL_SERVICE_NAME: options.serviceName,
      OTEL_EXPORTER_OTLP_ENDPOINT: options.otlpUrl,
      OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
      OTEL_EXPORTER_PROMETHEUS_PORT: String(metrics),
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '1000',
    },
  })
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
