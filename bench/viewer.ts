import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sendAll } from './viewer-load.ts'
import { type Known, questionsOf } from './viewer-questions.ts'

/*
 * `pnpm bench:viewer [--quick]`: how many spans a second the viewer takes over HTTP, with its client on the same machine, and how long the questions of its
 * page take with all of them stored. The viewer runs in a process of its own, whose memory is told.
 */

const IS_QUICK = process.argv.includes('--quick')
const CALLS = IS_QUICK ? 25_000 : 1_000_000
const TURNS = IS_QUICK ? 5 : 20
/** `--cpu-prof`: how the viewer spends its time, a file for each of its threads. */
const PROFILE = process.argv.includes('--cpu-prof') ? ['--cpu-prof', '--cpu-prof-dir=.profiles'] : []
const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-'))

const child = fork(fileURLToPath(new URL('viewer-program.ts', import.meta.url)), [join(folder, 'calls.sqlite')], {
  execArgv: ['--conditions=source', ...PROFILE],
})
try {
  const [{ url }] = (await once(child, 'message')) as [{ url: string }]
  const { spans, calls, seconds } = await sendAll(url, CALLS)
  console.log(
    `${count(spans)} spans, ${count(calls)} of them calls, in ${seconds.toFixed(1)} s: ${count(Math.round(spans / seconds))} spans a second`,
  )
  await ask(url)
  child.send('memory')
  const [{ rss }] = (await once(child, 'message')) as [{ rss: number }]
  console.log(`${(rss / 1024 ** 2).toFixed(0)} MiB resident`)
} finally {
  child.disconnect()
  await once(child, 'exit')
  rmSync(folder, { recursive: true, force: true })
}

/** Asks every question some times over, prints how long the answers took, and which took longest. */
async function ask(url: string): Promise<void> {
  const answers: { readonly name: string; readonly p95: number }[] = []
  console.log('\n| question | p50 ms | p95 ms | slowest ms |\n| --- | ---: | ---: | ---: |')
  for (const { name, path } of questionsOf(await knownOf(url))) {
    const times = await timesOf(`${url}${path}`)
    const [p50, p95, slowest] = [0.5, 0.95, 1].map((quantile) => at(times, quantile)) as [number, number, number]
    console.log(`| ${name} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${slowest.toFixed(1)} |`)
    answers.push({ name, p95 })
  }
  const [worst] = answers.toSorted((a, b) => b.p95 - a.p95)
  console.log(`\nlargest p95 of ${answers.length} questions: ${worst?.p95.toFixed(1)} ms (${worst?.name})`)
}

async function knownOf(url: string): Promise<Known> {
  const response = await fetch(`${url}/api/calls?limit=1`)
  const { calls } = (await response.json()) as { calls: readonly { readonly id: number; readonly traceId: string }[] }
  const [call] = calls
  if (!call) throw new Error('no call was stored')
  return { callId: call.id, traceId: call.traceId }
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

function at(times: readonly number[], quantile: number): number {
  return times[Math.ceil(quantile * times.length) - 1] ?? 0
}

function count(value: number): string {
  return value.toLocaleString('en')
}
