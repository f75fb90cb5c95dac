import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { diag } from '@opentelemetry/api'
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { holderOf, type PortHolder } from './port-holder.ts'

/** Prometheus' text format, with the version that it wants to be told since 3.0. */
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'
const PATH = '/metrics'

/** Where `/metrics` shall listen, and for whom. */
export interface MetricsAddress {
  readonly host: string
  readonly port: number
  readonly serviceName: string
}

/** Serves what a reader collects as `/metrics`. Neither the server nor a connection to it keeps the process alive. */
export class MetricsEndpoint {
  /** The address for Prometheus, once it listens; `undefined` if it cannot. */
  readonly url: Promise<string | undefined>
  /** When it cannot listen: that it has been told. */
  readonly told: Promise<void>
  readonly #server: Server

  constructor(reader: PrometheusExporter, address: MetricsAddress) {
    this.#server = process.getBuiltinModule('node:http').createServer((request, response) => {
      respond(reader, request, response)
    })
    this.#server.on('connection', (socket) => socket.unref())
    const listening = listen(this.#server, address)
    this.url = listening.catch(() => undefined)
    this.told = listening.then(
      () => undefined,
      (error: NodeJS.ErrnoException) => tellFailure(error, address),
    )
    this.#server.unref()
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

function respond(reader: PrometheusExporter, request: IncomingMessage, response: ServerResponse): void {
  const path = request.url?.split('?', 1)[0]
  if (path !== PATH) return refuse(response, 404, `Nothing here: the metrics are at ${PATH}`)
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET and HEAD')
  reader.getMetricsRequestHandler(request, response)
  response.setHeader('content-type', CONTENT_TYPE)
}

function refuse(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`)
}

function listen(server: Server, { host, port }: MetricsAddress): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('listening', () => {
      const listening = server.address() as AddressInfo
      const name = listening.family === 'IPv6' ? `[${listening.address}]` : listening.address
      resolve(`http://${name}:${listening.port}${PATH}`)
    })
    server.on('error', reject)
    // Workers of `node:cluster` must not share the port: each scrape would see another one.
    server.listen({ host, port, exclusive: true })
  })
}

async function tellFailure(error: NodeJS.ErrnoException, { host, port, serviceName }: MetricsAddress): Promise<void> {
  const remedy = 'set TOKENMETER_METRICS_PORT to another port, or TOKENMETER_METRICS_ENDPOINT=off'
  if (error.code !== 'EADDRINUSE') {
    diag.warn(`${PATH} cannot listen on ${host}:${port} (${error.message}); OTLP is not affected; ${remedy}`)
  } else if (isSameService(await holderOf(host, port), serviceName)) {
    diag.debug(`${PATH} on ${host}:${port} is served by another process of ${serviceName}`)
  } else {
    diag.warn(`port ${port} on ${host} is taken, so there is no ${PATH}; OTLP is not affected; ${remedy}`)
  }
}

/** Services that were given no name all have the same; of those only threads and children of the holder are surely the same one. */
function isSameService({ serviceName, processId }: PortHolder, ours: string): boolean {
  if (processId === process.pid || processId === process.ppid) return true
  return serviceName === ours && !ours.startsWith('unknown_service')
}
