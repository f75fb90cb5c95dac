import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Variables that would send the telemetry of the child elsewhere, or nowhere. */
const ELSEWHERE = /^(OTEL_EXPORTER_OTLP_.*|OTEL_(TRACES|METRICS|LOGS)_EXPORTER|TOKENMETER_OTLP|TOKENMETER_VIEWER)$/

/** So that a person sees a call when it has ended, and not seconds later. Weaker than what is set already. */
const SOON = { OTEL_BSP_SCHEDULE_DELAY: '200', OTEL_BLRP_SCHEDULE_DELAY: '200', OTEL_METRIC_EXPORT_INTERVAL: '1000' }

/** A package manager and what it starts are several processes: each has a port of its own. */
const METRICS_PORTS = ['OTEL_EXPORTER_PROMETHEUS_PORT', 'TOKENMETER_METRICS_PORT']

type Env = Readonly<Record<string, string | undefined>>

/**
 * The environment of a program whose telemetry goes to a viewer.
 *
 * @param viewerUrl where the viewer is
 * @param register the URL of the module that registers Tokenmeter; absent where the program does so itself
 */
export function childEnv(env: Env, viewerUrl: string, register: string | undefined): Env {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !ELSEWHERE.test(name)))
  const options = kept['NODE_OPTIONS'] ?? ''
  const isRegistered = register === undefined || options.includes('@tokenmeter/node/register')
  return {
    ...SOON,
    ...(METRICS_PORTS.every((name) => kept[name] === undefined) && { TOKENMETER_METRICS_PORT: '0' }),
    ...kept,
    OTEL_EXPORTER_OTLP_ENDPOINT: viewerUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    ...(!isRegistered && { NODE_OPTIONS: `${options} --import=${register}`.trim() }),
  }
}

/** Sent to end a program. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** Those that a terminal sends to the child, too. */
const SENT_BY_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGHUP'])

/**
 * Runs a program in place of this one: it has this one's terminal, gets the signals that this one is sent, and its exit code is the result; 128 and
 * the number of the signal, as shells have it, when a signal ended it.
 *
 * @throws Error when it cannot be started.
 */
export function runChild([command = '', ...args]: readonly string[], env: Env): Promise<number> {
  return new Promise((resolve, reject) => {
    // On Windows, npm and its like are scripts that only a shell starts.
    const child = spawn(command, args, { env, stdio: 'inherit', shell: process.platform === 'win32' })
    const forward = (signal: NodeJS.Signals): void => {
      if (!process.stdin.isTTY || !SENT_BY_TERMINAL.has(signal)) child.kill(signal)
    }
    for (const signal of SIGNALS) process.on(signal, forward)
    const settle = (finish: () => void): void => {
      for (const signal of SIGNALS) process.off(signal, forward)
      finish()
    }
    child.once('error', (error) => settle(() => reject(error)))
    child.once('exit', (code, signal) => settle(() => resolve(code ?? 128 + constants.signals[signal ?? 'SIGTERM'])))
  })
}

/** Waits until somebody ends this process; the exit code that a shell would give it. */
export function untilEnded(): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS)
      process.once(signal, () => resolve(signal === 'SIGINT' ? 0 : 128 + constants.signals[signal]))
  })
}
