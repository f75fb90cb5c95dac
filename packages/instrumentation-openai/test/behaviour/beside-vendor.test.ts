import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { toolCalls } from '../support/tool-calls.ts'
import {
  CHAT_USAGE,
  chatCompletion,
  chatStream,
  embedding,
  response,
  responseStream,
  wireError,
} from '../support/wire-answers.ts'
import { type Answer, type WireRequest, wireServer } from '../support/wire-server.ts'

const PROGRAM = fileURLToPath(new URL('programs/beside-vendor.mjs', import.meta.url))

interface Report {
  /** What the application got, by the way in which it asked. */
  readonly got: Readonly<Record<string, unknown>>
  /** Rejections that nobody handled. */
  readonly errors: readonly string[]
  /** Names, status and names of attributes of their spans. */
  readonly theirs: readonly unknown[]
  /** Sorted. */
  readonly calls: readonly string[]
  readonly requests: Readonly<Record<string, number>>
  readonly cost: Readonly<Record<string, number>>
  /** Bodies, sorted: what is not awaited comes when it comes. */
  readonly wire: readonly string[]
}

function answer({ path, body }: WireRequest): Answer {
  const asked = JSON.parse(body) as { stream?: boolean; user?: string; tools?: unknown; messages?: unknown[] }
  if (asked.user === 'refused') return wireError(400)
  if (path === '/v1/embeddings') return embedding()
  if (path === '/v1/responses') return asked.stream ? responseStream(['Sun', 'ny']) : response()
  if (asked.stream) return chatStream(['Sun', 'ny'], { usage: CHAT_USAGE })
  const isFirstTurn = asked.tools !== undefined && asked.messages?.length === 1
  return isFirstTurn ? toolCalls({ id: 'call_1', name: 'weather', args: { city: 'Oslo' } }) : chatCompletion()
}

async function run(VENDOR: string, MODULE: string, ORDER: string): Promise<Report> {
  await using wire = await wireServer(answer)
  const child = spawn(process.execPath, ['--conditions=source', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], WIRE_URL: wire.url, VENDOR, MODULE, ORDER },
  })
  const report = JSON.parse((await text(child.stdout)).replaceAll(wire.url, 'WIRE')) as Omit<Report, 'wire'>
  return { ...report, calls: report.calls.toSorted(), wire: wire.requests.map(({ body }) => body).toSorted() }
}

/** What the application would have got, our calls and our metrics, were there nobody beside us. */
const alone = new Map<string, Promise<Report>>()
function runAlone(module: string): Promise<Report> {
  const known = alone.get(module) ?? run('', module, 'ours')
  alone.set(module, known)
  return known
}

interface Vendor {
  readonly vendor: string
  /** Packages of openai that it watches. */
  readonly modules: readonly string[]
  /** How many the program makes it record. */
  readonly spans: number
  /** Ways to ask that fail for the application because of it, with us or without. */
  readonly broken: readonly string[]
}

const BELOW_V7 = ['openai-v4', 'openai-v5', 'openai-v6']
const VENDORS: readonly Vendor[] = [
  { vendor: 'opentelemetry', modules: BELOW_V7, spans: 15, broken: ['asResponse', 'parse'] },
  { vendor: 'traceloop', modules: BELOW_V7, spans: 10, broken: ['tee', 'stream helper'] },
  {
    vendor: 'openinference',
    modules: ['openai-v5', 'openai-v6', 'openai'],
    spans: 13,
    broken: ['withResponse', 'asResponse', 'parse'],
  },
  {
    vendor: 'langfuse',
    modules: [...BELOW_V7, 'openai'],
    spans: 11,
    broken: ['withResponse', 'asResponse', 'tee', 'stream helper'],
  },
]

const CHAT = 'chat_completion success gpt-4o-mini-2024-07-18 1117/342 295950000'
const UNREAD = 'chat_completion abandoned undefined undefined/undefined undefined'

describe.each(VENDORS)('beside the instrumentation of $vendor', ({ vendor, modules, spans, broken }) => {
  test.each(modules)(
    'registered before or after it, every call of %s is counted once, and theirs is what it is without us',
    async (module) => {
      const orders = ['theirs', 'theirs ours', 'ours theirs']
      const [ours, theirs, ...both] = await Promise.all([
        runAlone(module),
        ...orders.map((order) => run(vendor, module, order)),
      ])
      expect(ours.calls).toHaveLength(15)
      expect(theirs?.theirs).toHaveLength(spans)
      const differs = (way: string): boolean => JSON.stringify(theirs?.got[way]) !== JSON.stringify(ours.got[way])
      expect(Object.keys(ours.got).filter(differs)).toEqual(broken)
      // Where they take `tee` away from a stream, nobody reads the stream.
      const calls = broken.includes('tee')
        ? ours.calls.toSpliced(ours.calls.indexOf(CHAT), 1, UNREAD).toSorted()
        : ours.calls
      for (const { calls: counted, requests, cost, ...rest } of both) {
        expect({ ...rest, calls: [], requests: {}, cost: {} }).toEqual(theirs)
        expect(counted).toEqual(calls)
        if (!broken.includes('tee')) expect([requests, cost]).toEqual([ours.requests, ours.cost])
      }
    },
  )
})
