import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { findZipkin } from '../servers/zipkin.ts'
import { loopback } from './ports.ts'
import { type RunningServer, type StartOptions, startServer } from './server-process.ts'
import { type OtlpTraces, zipkinSpans } from './zipkin-spans.ts'

/** Where Zipkin listens unless told otherwise. */
export const ZIPKIN_PORT = 9411
/** Where the Collector sends traces for Zipkin: see `overlays/zipkin-bridge.yaml`. */
export const ZIPKIN_BRIDGE_PORT = 14_411

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

/**
 * Takes OTLP/JSON and hands it to Zipkin, which does not speak OTLP; the exporter of the Collector that would do it is not among the
 * modules that can be built. What Zipkin does not take is answered with 503, so that the Collector tries again.
 */
export async function startZipkinBridge(port: number, zipkinUrl: string): Promise<AsyncDisposable> {
  const server = createServer((request, response) => {
    json(request)
      .then((traces) => handOver(zipkinUrl, traces as OtlpTraces))
      .then(
        () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'),
        () => response.writeHead(503).end(),
      )
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function handOver(zipkinUrl: string, traces: OtlpTraces): Promise<void> {
  const response = await fetch(`${zipkinUrl}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(zipkinSpans(traces)),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`Zipkin answered ${response.status}`)
}
