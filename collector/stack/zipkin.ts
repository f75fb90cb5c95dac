import { join } from 'node:path'
import { findZipkin } from '../servers/zipkin.ts'
import { loopback } from './ports.ts'
import { type RunningServer, type StartOptions, startServer } from './server-process.ts'

/** Where Zipkin listens unless told otherwise. */
export const ZIPKIN_PORT = 9411

/** Zipkin takes its time: Java starts in 20 to 50 s on a busy machine. */
const PATIENCE_MS = 120_000

/**
 * Starts Zipkin on loopback with its traces in memory.
 *
 * @throws {Error} when it cannot be had or does not start.
 */
export async function startZipkin(folder: string, port: number, options: StartOptions = {}): Promise<RunningServer> {
  const listen = ['ip=127.0.0.1', `port=${port}`, 'protocols=http'].map((setting) => `--armeria.ports[0].${setting}`)
  return await startServer(
    {
      name: 'zipkin',
      binary: 'java',
      args: ['-Xmx128m', '-jar', await findZipkin(), ...listen],
      logFile: join(folder, 'zipkin.log'),
      readyUrl: `${loopback(port)}/health`,
    },
    { patienceMs: PATIENCE_MS, ...options },
  )
}
