import { Agent, request as httpRequest } from 'node:http'
import { metricBodies } from './metric-batch.ts'
import { SPANS_A_TRACE } from './sample-traces.ts'
import { SpanBatch } from './span-batch.ts'

const SPANS_A_REQUEST = 512
const CONNECTIONS = 8
const DAY_MS = 86_400_000
/** The calls of one request in so many have text, for the search to find. */
const TEXT_IN = 8

/** What was stored, and how long that took. */
export interface Load {
  readonly spans: number
  readonly calls: number
  /** From the first to the last answer to spans. */
  readonly seconds: number
}

/** Sends at least so many calls with the rest of their traces over some connections, then metrics, all spread over a day. */
export async function sendAll(url: string, wantedCalls: number): Promise<Load> {
  const requests = Math.ceil((wantedCalls * SPANS_A_TRACE) / SPANS_A_REQUEST)
  const [plain, withText] = [new SpanBatch(SPANS_A_REQUEST), new SpanBatch(SPANS_A_REQUEST, { hasText: true })]
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const start = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < requests; index = next++) {
      const startMs = Date.now() - Math.floor((DAY_MS * (requests - index)) / requests)
      const batch = index % TEXT_IN === 0 ? withText : plain
      await post(`${url}/v1/traces`, agent, 'application/x-protobuf', batch.body(index, startMs))
      if (index % 200 === 199) process.stderr.write(`${index + 1} of ${requests} requests\r`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  const seconds = (performance.now() - start) / 1000
  const now = Date.now()
  for (const body of metricBodies(now - DAY_MS, now)) await post(`${url}/v1/metrics`, agent, 'application/json', body)
  agent.destroy()
  process.stderr.write('\n')
  const spans = requests * SPANS_A_REQUEST
  return { spans, calls: spans / SPANS_A_TRACE, seconds }
}

function post(url: string, agent: Agent, type: string, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': body.length }
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`status ${response.statusCode}`))
      })
    })
    request.on('error', reject).end(body)
  })
}
