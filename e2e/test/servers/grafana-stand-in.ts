import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BOARDS } from '../../../collector/grafana/files.ts'

const PROXY = '/api/datasources/proxy/uid/prometheus'

/** What stands where Grafana would be, which cannot be built here: it has the boards, and hands what panels ask to a real Prometheus. */
export interface GrafanaStandIn extends AsyncDisposable {
  readonly url: string
}

/** Starts it on loopback. Its answers are those of Grafana's HTTP API, as far as the doctor asks for boards and panels. */
export async function startGrafanaStandIn(prometheusUrl: string): Promise<GrafanaStandIn> {
  const server = createServer((request, response) => {
    void answerTo(request.url ?? '', prometheusUrl).then(({ status, text }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answerTo(path: string, prometheusUrl: string): Promise<{ status: number; text: string }> {
  if (path.startsWith(PROXY)) {
    const answer = await fetch(prometheusUrl + path.slice(PROXY.length))
    return { status: answer.status, text: await answer.text() }
  }
  if (path.startsWith('/api/search')) return json(BOARDS.map(({ uid, title }) => ({ uid, title })))
  const board = BOARDS.find(({ uid }) => path === `/api/dashboards/uid/${uid}`)
  return board ? json({ meta: {}, dashboard: board }) : { status: 404, text: '{"message":"Not found"}' }
}

const json = (value: unknown): { status: number; text: string } => ({ status: 200, text: JSON.stringify(value) })
