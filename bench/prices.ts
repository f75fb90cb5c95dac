import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CallEnd, CallStart, Units, Usage } from '@tokenmeter/meter'
import { createPriceBook, type PriceBook } from '@tokenmeter/pricing'
import { median } from './statistics.ts'

const runFile = promisify(execFile)
const program = fileURLToPath(new URL('first-price-program.mjs', import.meta.url))
const priceAlone = fileURLToPath(new URL('first-price.mjs', import.meta.url))

/** What prices cost in time. */
export interface PriceCost {
  /** Microseconds that pricing takes, by kind of call, when the model has been asked for before. */
  readonly warmUs: readonly (readonly [call: string, us: number])[]
  /** What the first price of a process takes, and how long the event loop stood still at most in its first call: bare, and with Tokenmeter. */
  readonly firstMs: readonly (readonly [model: string, priceMs: number, bareMs: number, tokenmeterMs: number])[]
}

type Priced = CallStart & CallEnd

const USAGE: Usage = { inputTokens: 1117, outputTokens: 342, cacheReadTokens: 1024, reasoningTokens: 256 }
const SPOKEN: Usage = {
  inputTokens: 900,
  outputTokens: 400,
  cacheReadTokens: 300,
  input: { text: 400, audio: 500 },
  output: { text: 50, audio: 350 },
  cacheRead: { text: 100, audio: 200 },
}

const WARM: readonly (readonly [call: string, model: string, usage: Usage, units?: Units])[] = [
  ['embedding', 'text-embedding-3-small', { inputTokens: 8, outputTokens: 0 }],
  ['chat completion, part of it cached', 'gpt-4o-mini', USAGE],
  ['long prompt', 'gpt-5.5', { inputTokens: 300_000, outputTokens: 1000 }],
  ['response with searches', 'gpt-4.1', USAGE, { webSearches: 2, fileSearches: 1 }],
  ['realtime, heard and spoken', 'gpt-realtime', SPOKEN],
]

function callOf(model: string, usage: Usage, units?: Units): Priced {
  return {
    operation: 'chat_completion',
    provider: 'openai',
    server: { address: 'api.openai.com', port: 443 },
    request: { model, stream: false, parameters: {}, inputIsText: true, outputIsText: true },
    response: { model, serviceTier: 'default' },
    startTime: Date.now(),
    usage,
    ...(units && { units }),
    attempts: [],
    timing: { duration: 0, chunks: 0 },
    outcome: { kind: 'success' },
  }
}

const SLICES = 50
const CALLS_IN_A_SLICE = 2000

function warmUs(book: PriceBook, call: Priced): number {
  if (!book.price(call).cost) throw new Error(`${call.request.model} has no price`)
  const slices = Array.from({ length: SLICES }, () => {
    const start = performance.now()
    for (let count = 0; count < CALLS_IN_A_SLICE; count++) book.price(call)
    return ((performance.now() - start) * 1000) / CALLS_IN_A_SLICE
  })
  return median(slices)
}

/** Models of our own list, of two providers that only the bundled list has, and of nobody. */
const FIRST = [
  ['openai', 'gpt-4o-mini'],
  ['mistral_ai', 'mistral-large-latest'],
  ['openrouter', 'openai/gpt-4o'],
  ['openai', 'a-model-of-nobody'],
] as const

/** Measures what a price costs: again and again, and the first time in a process. */
export async function measurePrices(runs: number, progress: (text: string) => void): Promise<PriceCost> {
  progress('prices: warm calls')
  const book = createPriceBook()
  const warm = WARM.map(([name, model, usage, units]) => [name, warmUs(book, callOf(model, usage, units))] as const)
  await using server = await startServer()
  const first: (readonly [string, number, number, number])[] = []
  for (const [provider, model] of FIRST) {
    const measured: [price: number, bare: number, tokenmeter: number][] = []
    for (let run = 1; run <= runs; run++) {
      progress(`prices: first price of ${model}, run ${run} of ${runs}`)
      measured.push([
        await printedBy(priceAlone, provider, model),
        await printedBy(program, server.url, model, 'bare'),
        await printedBy(program, server.url, model, 'tokenmeter'),
      ])
    }
    const of = (index: 0 | 1 | 2): number => median(measured.map((times) => times[index]))
    first.push([model, of(0), of(1), of(2)])
  }
  return { warmUs: warm, firstMs: first }
}

async function printedBy(file: string, ...args: readonly string[]): Promise<number> {
  const { stdout } = await runFile(process.execPath, [file, ...args])
  return Number(stdout)
}

async function startServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
      response.end(JSON.stringify({ id: 'c', object: 'chat.completion', choices: [], usage }))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}
