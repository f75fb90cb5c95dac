import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fork } from 'node:child_process'
import { SPANS_A_TRACE, SpanBatch } from './span-batch.ts'

/*
 * `pnpm bench:viewer [--quick]`: how many spans a second the viewer takes over HTTP, with its client on the same machine, and how long the questions of its
 * page take with all of them stored. The viewer runs in a process of its own, whose memory is told.
 */

const SPANS_A_REQUEST = 512
const CONNECTIONS = 8
/** With a call in every trace, a million calls are stored. */
const REQUESTS = process.argv.includes('--quick') ? 400 : Math.ceil((1_000_000 * SPANS_A_TRACE) / SPANS_A_REQUEST)
const TURNS = 20
/** `--cpu-prof`: how the viewer spends its time, a file for each of its threads. */
const PROFILE = process.argv.includes('--cpu-prof') ? ['--cpu-prof', '--cpu-prof-dir=.profiles'] : []
const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-'))

let oneTrace = ''

const QUESTIONS: Readonly<Record<string, (now: number) => string>> = {
  'calls, newest': () => '/api/calls?limit=200',
  'calls of a model': () => '/api/calls?limit=200&filter=model:gpt-4o',
  'calls, three filters': () => '/api/calls?limit=200&filter=model:gpt-*%20cost%3E0.001%20feature:returns',
  'calls of a user': () => '/api/calls?limit=200&filter=user:u42',
  'calls of nobody': () => '/api/calls?limit=200&filter=user:nobody',
  'calls of a session': () => '/api/calls?limit=200&filter=session:s-00002a',
  'calls, a cost that none has': () => '/api/calls?limit=200&filter=cost%3E1000',
  'calls, a word that none has': () => '/api/calls?limit=200&filter=quagga',
  'calls that failed': () => '/api/calls?limit=200&filter=error:*',
  'totals of a day': (now) => `/api/totals?from=${now - 86_400_000}`,
  'totals of a filter': () => '/api/totals?from=1&newest=20000&filter=model:gpt-*%20feature:returns',
  'charts of a day': (now) => `/api/series?by=model&from=${now - 86_400_000}`,
  'charts of a day, by user': (now) => `/api/series?by=user&from=${now - 86_400_000}`,
  'breakdown of a day': (now) => `/api/breakdown?by=feature&from=${now - 86_400_000}`,
  traces: (now) => `/api/traces?from=${now - 86_400_000}&limit=500`,
  sessions: (now) => `/api/sessions?from=${now - 3_600_000}`,
  'one trace': () => `/api/traces/${oneTrace}`,
  status: () => '/api/status',
}

const child = fork(fileURLToPath(new URL('viewer-program.ts', import.meta.url)), [join(folder, 'calls.sqlite')], {
  execArgv: ['--conditions=source', ...PROFILE],
})
try {
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  const spans = REQUESTS * SPANS_A_REQUEST
  const seconds = await sendAll(url)
  console.log(
    `${spans.toLocaleString('en')} spans, ${(spans / SPANS_A_TRACE).toLocaleString('en')} of them calls, in ${seconds.toFixed(1)} s: ${Math.round(spans / seconds).toLocaleString('en')} spans a second`,
  )
  const { traces } = (await (await fetch(`${url}/api/traces?from=1&limit=1`)).json()) as {
    traces: { traceId: string }[]
  }
  oneTrace = traces[0]?.traceId ?? ''
  console.log('\n| question | p50 ms | p95 ms |\n| --- | ---: | ---: |')
  for (const [name, path] of Object.entries(QUESTIONS)) {
    const times = await timesOf(`${url}${path(Date.now())}`)
    console.log(`| ${name} | ${at(times, 0.5)} | ${at(times, 0.95)} |`)
  }
  child.send('memory')
  const [{ rss }] = (await once(child, 'message')) as [{ rss: number }]
  console.log(`\n${(rss / 1024 ** 2).toFixed(0)} MiB resident`)
} finally {
  child.disconnect()
  await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
}

/** Sends all requests over some connections; the seconds from the first to the last answer. */
async function sendAll(url: string): Promise<number> {
  const batch = new SpanBatch(SPANS_A_REQUEST)
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const start = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    for (let index = next++; index < REQUESTS; index = next++) {
      // Spread over a day, so that there are as many minutes as a day has.
      const startMs = Date.now() - Math.floor((86_400_000 * (REQUESTS - index)) / REQUESTS)
      await post(`${url}/v1/traces`, agent, batch.body(index, startMs))
      if (index % 200 === 199) process.stderr.write(`${index + 1} of ${REQUESTS} requests\r`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  agent.destroy()
  process.stderr.write('\n')
  return (performance.now() - start) / 1000
}

function post(url: string, agent: Agent, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length }
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`status ${response.statusCode}`))
      })
    })
    request.on('error', reject).end(body)
  })
}

async function timesOf(url: string): Promise<readonly number[]> {
  const times: number[] = []
  for (let turn = 0; turn < TURNS; turn += 1) {
    const start = performance.now()
    const response = await fetch(url)
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    times.push(performance.now() - start)
  }
  return times.toSorted((a, b) => a - b)
}

function at(times: readonly number[], quantile: number): string {
  return (times[Math.ceil(quantile * times.length) - 1] ?? 0).toFixed(1)
}
