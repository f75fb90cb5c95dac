import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { BOARDS } from '../../../collector/grafana/files.ts'

const CLI = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url))
const OTHER_GROUPS = 'environment,application,collector,prometheus,alertmanager,jaeger,prices,clocks'
const PROXY = '/api/datasources/proxy/uid/prometheus'

/** What the doctor says of the boards, and of what their panels ask, where they are asked of a real Prometheus. */
export async function examineBoards(prometheusUrl: string): Promise<[id: string, result: string, line: string][]> {
  await using grafana = await startGrafanaStandIn(prometheusUrl)
  const args = ['doctor', '--json', '--stage', 'post', '--without', OTHER_GROUPS, '--grafana', grafana.url]
  const child = spawn(process.execPath, ['--conditions=source', CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { checks } = JSON.parse(await text(child.stdout)) as {
    readonly checks: readonly { readonly id: string; readonly result: string; readonly line: string }[]
  }
  return checks.flatMap(({ id, result, line }) => (/-(?:boards|panels)$/.test(id) ? [[id, result, line]] : []))
}

/**
 * What stands where Grafana would be, which cannot be built here: it has the boards, and hands what is asked of its data source to Prometheus. Its answers are
 * those of Grafana's HTTP API, as far as the doctor asks for boards and panels.
 */
async function startGrafanaStandIn(prometheusUrl: string): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    void answerTo(request.url ?? '', prometheusUrl).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(body)
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

interface Answer {
  readonly status: number
  readonly body: string
}

async function answerTo(path: string, prometheusUrl: string): Promise<Answer> {
  if (path.startsWith(PROXY)) {
    const answer = await fetch(prometheusUrl + path.slice(PROXY.length))
    return { status: answer.status, body: await answer.text() }
  }
  if (path.startsWith('/api/search')) return json(BOARDS.map(({ uid, title }) => ({ uid, title })))
  const board = BOARDS.find(({ uid }) => path === `/api/dashboards/uid/${uid}`)
  return board ? json({ meta: {}, dashboard: board }) : { status: 404, body: '{"message":"Not found"}' }
}

const json = (value: unknown): Answer => ({ status: 200, body: JSON.stringify(value) })
