import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { SoakPhase, SoakSample } from './soak-program.ts'

/*
 * `pnpm soak [--quick]`: does the heap stay flat over many calls and many streams that nobody reads? The bare client and the watched one
 * run side by side, in a process each, so that growth of the client's own is not taken for ours.
 */

/** Bytes a call may keep, for noise of the collector. A call that is kept whole is 5 kB, a stream 20 kB and more. */
const BOUNDS: Readonly<Record<SoakPhase, number>> = { calls: 64, streams: 1024 }
const SIZES = process.argv.includes('--quick') ? { calls: 10_000, streams: 1000 } : { calls: 100_000, streams: 10_000 }
const VARIANTS = ['bare', 'tokenmeter'] as const
const CHUNK = 'data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\n'
const ANSWER = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
})

/** Answers calls at once; streams get one chunk and are then left open. */
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (piece) => (body += String(piece)))
  request.on('end', () => {
    const isStream = body.includes('"stream":true')
    response.setHeader('content-type', isStream ? 'text/event-stream' : 'application/json')
    if (isStream) response.write(CHUNK)
    else response.end(ANSWER)
  })
})

async function soak(variant: (typeof VARIANTS)[number], url: string): Promise<SoakSample[]> {
  const program = fileURLToPath(new URL('soak-program.ts', import.meta.url))
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--conditions=source', program, variant, url, String(SIZES.calls), String(SIZES.streams)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const samples: SoakSample[] = []
  for await (const line of createInterface(child.stdout)) {
    const sample = JSON.parse(line) as SoakSample
    samples.push(sample)
    const { phase, done, heap, sockets, handles } = sample
    console.log(
      `${variant.padEnd(10)} ${phase} ${String(done).padStart(6)}  heap ${(heap / 1e6).toFixed(2)} MB  sockets ${sockets}  handles ${handles}`,
    )
  }
  return samples
}

/** Least squares through the second half of a phase, when caches are warm: bytes kept by each call. */
function slopeOf(samples: readonly SoakSample[], phase: SoakPhase): number {
  const all = samples.filter((sample) => sample.phase === phase)
  const late = all.slice(Math.floor(all.length / 2))
  const mean = (pick: (sample: SoakSample) => number): number =>
    late.reduce((sum, sample) => sum + pick(sample), 0) / late.length
  const [x, y] = [mean(({ done }) => done), mean(({ heap }) => heap)]
  const covariance = late.reduce((sum, { done, heap }) => sum + (done - x) * (heap - y), 0)
  return covariance / late.reduce((sum, { done }) => sum + (done - x) ** 2, 0)
}

server.listen(0, '127.0.0.1')
await new Promise((resolve) => server.once('listening', resolve))
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
const [bare = [], watched = []] = await Promise.all(VARIANTS.map((variant) => soak(variant, url)))
server.close()
server.closeAllConnections()

for (const phase of ['calls', 'streams'] as const) {
  const [own, all] = [slopeOf(bare, phase), slopeOf(watched, phase)]
  const isFlat = all - Math.max(own, 0) <= BOUNDS[phase]
  console.log(
    `${phase}: ${all.toFixed(1)} bytes each watched, ${own.toFixed(1)} bare, at most ${BOUNDS[phase]} more: ${isFlat ? 'flat' : 'GROWS'}`,
  )
  if (!isFlat) process.exitCode = 1
}
const [last, lastBare] = [watched.at(-1), bare.at(-1)]
const isClean = last !== undefined && lastBare !== undefined && last.handles <= lastBare.handles
console.log(`handles at the end: ${last?.handles} watched, ${lastBare?.handles} bare: ${isClean ? 'flat' : 'GROWS'}`)
if (!isClean) process.exitCode = 1
