import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Caller } from './caller.ts'
import type { Context } from './context.ts'
import { type Preload, withoutPreloads } from './start-command.ts'
import { DOCTOR_SERVICE } from './test-data.ts'

/** Of which the fastest counts: what else the machine does makes a call slower, never faster. */
const ROUNDS = 5
/** Before them: what has just been loaded is slow at first. */
const WARM_UP_ROUNDS = 2
/** An empty variable counts as none. */
const UNSET = {
  OTEL_EXPORTER_OTLP_PROTOCOL: '',
  ...Object.fromEntries(
    ['TRACES', 'METRICS', 'LOGS'].flatMap((signal) => [
      [`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`, ''],
      [`OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`, ''],
    ]),
  ),
  TOKENMETER_BUDGETS: '',
}

/**
 * Milliseconds that a call takes longer when modules are loaded before it: the fastest of some rounds with them against the fastest without them, taken in
 * turns. Below zero is what cannot be told from nothing, and 0.
 *
 * @throws {CallerFailed} when one of the two processes makes no calls.
 */
export async function measureAddedMs(context: Context, preloads: readonly Preload[]): Promise<number> {
  const sink = await startSink()
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-doctor-'))
  const callers: Caller[] = []
  try {
    const env = harmless(context.env, sink, folder)
    const bare = await Caller.start(context.folder, [], env)
    callers.push(bare)
    const watched = await Caller.start(context.folder, preloads, env)
    callers.push(watched)
    return await compare(bare, watched)
  } finally {
    for (const caller of callers) caller.stop()
    sink.close()
    sink.closeAllConnections()
    await rm(folder, { recursive: true, force: true })
  }
}

async function compare(bare: Caller, watched: Caller): Promise<number> {
  let [without, withThem] = [Infinity, Infinity]
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round += 1) {
    const [one, other] = [await bare.round(), await watched.round()]
    if (round < WARM_UP_ROUNDS) continue
    without = Math.min(without, one)
    withThem = Math.min(withThem, other)
  }
  return Math.max(0, withThem - without)
}

/** Takes whatever is sent, and says that it is well. */
async function startSink(): Promise<Server> {
  const sink = createServer((request, response) => request.resume().on('end', () => response.end()))
  sink.listen(0, '127.0.0.1')
  await once(sink, 'listening')
  return sink
}

/**
 * The variables of the application, changed so that calls that nobody made are in nobody's numbers: telemetry goes to a server of the doctor, lines of calls to a
 * folder that is removed, and no budget is charged.
 */
function harmless(env: NodeJS.ProcessEnv, sink: Server, folder: string): NodeJS.ProcessEnv {
  return {
    ...env,
    ...UNSET,
    NODE_OPTIONS: withoutPreloads(env['NODE_OPTIONS'] ?? ''),
    OTEL_SERVICE_NAME: DOCTOR_SERVICE,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
    TOKENMETER_METRICS_ENDPOINT: 'off',
    TOKENMETER_VIEWER: 'off',
    ...(env['TOKENMETER_LOG_FILE'] && { TOKENMETER_LOG_FILE: join(folder, 'calls.jsonl') }),
  }
}
