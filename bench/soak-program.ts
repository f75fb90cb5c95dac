import { setTimeout as pause } from 'node:timers/promises'
import { startTokenmeter } from './setup.ts'

/** What is done over and over: calls that are answered, or streams that nobody reads. */
export type SoakPhase = 'calls' | 'streams'

/** What a process holds after garbage collection. */
export interface SoakSample {
  readonly phase: SoakPhase
  readonly done: number
  /** Bytes. */
  readonly heap: number
  readonly sockets: number
  /** Whatever keeps the process alive, but for sockets and timers, which the HTTP client comes and goes with. */
  readonly handles: number
}

const SAMPLES = 20
const AT_ONCE = 50
const COLLECTIONS = 5

const [, , variant, baseURL = '', calls, streams] = process.argv
const sdk = variant === 'bare' ? undefined : await startTokenmeter()
const { OpenAI } = await import('openai')
const client = new OpenAI({ apiKey: 'sk-soak', baseURL, maxRetries: 0 })
const request = { model: 'gpt-4o-mini', messages: [{ role: 'user' as const, content: 'Hi' }] }

await run('calls', Number(calls), () => client.chat.completions.create(request))
await run('streams', Number(streams), () => client.chat.completions.create({ ...request, stream: true }))
process.exit()

async function run(phase: SoakPhase, count: number, once: () => PromiseLike<unknown>): Promise<void> {
  const every = count / SAMPLES
  for (let done = 0; done < count; done += AT_ONCE) {
    if (done % every === 0) await sample(phase, done)
    await Promise.all(Array.from({ length: AT_ONCE }, async () => void (await once())))
    if (phase === 'streams') await collect()
  }
  await sample(phase, count)
}

/** Streams are let go by finalizers, which run between turns of the event loop. */
async function collect(): Promise<void> {
  for (let round = 0; round < COLLECTIONS; round++) {
    globalThis.gc?.()
    await pause(1)
  }
}

async function sample(phase: SoakPhase, done: number): Promise<void> {
  await sdk?.tracerProvider.forceFlush()
  await collect()
  const resources = process.getActiveResourcesInfo()
  const sockets = resources.filter((name) => name === 'TCPSocketWrap').length
  const handles = resources.filter((name) => name !== 'TCPSocketWrap' && name !== 'Timeout').length
  const taken: SoakSample = { phase, done, heap: process.memoryUsage().heapUsed, sockets, handles }
  console.log(JSON.stringify(taken))
}
