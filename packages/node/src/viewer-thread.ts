import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { isMainThread, type Worker } from 'node:worker_threads'
import { diag } from '@opentelemetry/api'
import { Environment } from './environment.ts'

/** Where a viewer listens unless told otherwise: `DEFAULT_PORT` of `@tokenmeter/viewer`, which is loaded only when it is wanted. */
export const VIEWER_PORT = 4320

/** What it reads lives shortly: as V8 would let the room for such things grow, the process would have up to a hundred megabytes more. */
const YOUNG_GENERATION_MB = 8

/** Longer than the thread takes; the start waits no longer. */
const START_BOUND_MS = 2000

const TARGETS = ['', 'TRACES_', 'METRICS_', 'LOGS_'].map((signal) => `OTEL_EXPORTER_OTLP_${signal}ENDPOINT`)

/**
 * The environment in which telemetry goes to the viewer on `port`, and soon. An endpoint that is set is stronger, and then it is a problem that
 * nothing will be seen.
 */
export function viewerEnvironment(environment: Environment, variables: NodeJS.ProcessEnv, port: number): Environment {
  const target = environment.firstOf(TARGETS)
  if (target) {
    environment.problems.push(
      `viewer: ${target.name} sends to ${target.text}, so the viewer shows nothing of this process`,
    )
    return environment
  }
  return new Environment({
    OTEL_BSP_SCHEDULE_DELAY: '200',
    OTEL_BLRP_SCHEDULE_DELAY: '200',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    ...variables,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  })
}

/**
 * Starts a viewer in a thread of its own, which ends with this process and never holds it. Worker threads of the application send to that of the main thread.
 *
 * @returns a function that ends it
 */
export function startViewerThread(port: number): () => Promise<void> {
  if (!isMainThread) return () => Promise.resolve()
  const thread = openThread(port)
  if (!thread) return () => Promise.resolve()
  thread.on('message', ({ state, why }: { readonly state: string; readonly why?: string }) => {
    if (state === 'failed') diag.warn(`viewer: there is none (${why})`)
    else diag.info(`viewer: http://127.0.0.1:${port}${state === 'shared' ? ', of another process' : ''}`)
  })
  thread.on('error', (error) => diag.warn(`viewer: it has failed (${String(error)})`))
  thread.unref()
  return async () => void (await thread.terminate())
}

function openThread(port: number): Worker | undefined {
  try {
    const program = pathToFileURL(createRequire(import.meta.url).resolve('@tokenmeter/viewer/thread'))
    const settled = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    // Asked for by name: bundlers would follow an imported `Worker` into every file of this package.
    const threads = process.getBuiltinModule('node:worker_threads')
    const thread = new threads.Worker(program, {
      workerData: { port, settled },
      // What the application preloads is for the application; how packages are read holds for all.
      execArgv: process.execArgv.filter((flag) => /^(--conditions=|-C)/.test(flag)),
      env: { ...process.env, NODE_OPTIONS: '', OTEL_SDK_DISABLED: 'true' },
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    })
    // A program may end before the thread has begun: its calls would go nowhere.
    Atomics.wait(settled, 0, 0, START_BOUND_MS)
    return thread
  } catch (error) {
    diag.warn(`viewer: @tokenmeter/viewer cannot be started, install it beside @tokenmeter/node (${String(error)})`)
    return undefined
  }
}
