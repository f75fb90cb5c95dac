import {
  type AITotals,
  type Call,
  type CallEnd,
  callLogRecord,
  type CallStart,
  Recorder,
  withAI,
} from '@tokenmeter/meter'
import { type CostTotal, CostTracker, createPriceBook } from '@tokenmeter/pricing'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type AnyCall, anyCall } from '../../meter/test/support/any-call.ts'
import type { Totals } from '../src/summary/summary.ts'
import { cli } from './support/run-cli.ts'

/** The totals of a scope in which these calls were made, and the log that they left. */
function record(calls: readonly AnyCall[]): { readonly totals: AITotals; readonly lines: string[] } {
  const lines: string[] = []
  const scope = withAI({}, (around) => {
    for (const { start, end, price } of calls) {
      const log = (call: Call): void => void lines.push(JSON.stringify(callLogRecord(call)))
      new Recorder({ scope: { name: 'test', version: '1' }, price: () => price, log }).start(start).end(end)
    }
    return around
  })
  return { totals: scope.totals, lines }
}

interface Summarized {
  readonly totals: Totals
  readonly by: Readonly<Record<string, Readonly<Record<string, Totals>>>>
  readonly otherLines: object
}

async function summarized(lines: readonly string[]): Promise<Summarized> {
  const { stdout } = await cli(['summarize', '--json'], `${lines.join('\n')}\n`)
  return JSON.parse(stdout) as Summarized
}

/** What may be between the lines: others' lines, and lines of ours without their end. */
const between = fc.array(
  fc.oneof(
    fc.constantFrom('Listening on 3000', '{"level":"info"}', '{', '"module"'),
    fc.string().filter((text) => text.trim() !== '' && !text.includes('\n')),
  ),
  { maxLength: 5 },
)

test('any calls, written and summarised, come to the totals of their scope', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyCall, { maxLength: 20 }), between, fc.nat(), async (calls, others, seed) => {
      const { totals, lines } = record(calls)
      const at = seed % (lines.length + 1)
      const summary = await summarized([...lines.slice(0, at), ...others, ...lines.slice(at)])
      expect(summary.totals).toEqual(totals)
      expect(summary.otherLines).toEqual({ foreign: others.length, torn: 0, newer: 0 })
    }),
  )
})

test('a line that is cut off anywhere is no call, and spoils no other', async () => {
  await fc.assert(
    fc.asyncProperty(anyCall, fc.double({ min: 0, max: 0.999, noNaN: true }), async (call, share) => {
      const { totals, lines } = record([call])
      const [line = ''] = lines
      const summary = await summarized([`x${line.slice(0, Math.floor(line.length * share))}`, line])
      expect(summary.totals).toEqual(totals)
    }),
  )
})

test('priced calls come to the totals of a CostTracker that was told of the same usage', async () => {
  const book = createPriceBook()
  const at = Date.UTC(2026, 10, 27)
  const call = fc.record({
    model: fc.constantFrom('gpt-4o', 'gpt-4o-mini', 'no-such-model'),
    usage: fc.record({ inputTokens: fc.nat({ max: 1_000_000 }), outputTokens: fc.nat({ max: 100_000 }) }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 20 }), async (calls) => {
      const tracker = new CostTracker({ book })
      const lines: string[] = []
      const log = (done: Call): void => void lines.push(JSON.stringify(callLogRecord(done)))
      const recorder = new Recorder({ scope: { name: 'test', version: '1' }, price: book.price, log })
      for (const { model, usage } of calls) {
        tracker.record(usage, { model, at, operation: 'chat_completion' })
        recorder.start(chatOf(model, at)).end({ ...ANSWERED, usage })
      }
      const { totals, by } = await summarized(lines)
      expect(totals).toMatchObject(comparable(tracker.totals()))
      const byModel = [...tracker.totals().byModel].map(([model, total]) => [model, comparable(total)])
      expect(by['model']).toMatchObject(Object.fromEntries(byModel))
    }),
  )
})

const chatOf = (model: string, startTime: number): CallStart => ({
  operation: 'chat_completion',
  provider: 'openai',
  request: { model, stream: false, parameters: {}, inputIsText: true, outputIsText: true },
  startTime,
})

const ANSWERED: CallEnd = {
  attempts: [{ status: 200, duration: 1, endedAfter: 1 }],
  timing: { duration: 1, chunks: 0 },
  outcome: { kind: 'success' },
}

const comparable = ({ calls, inputTokens, outputTokens, usd, unpricedCalls }: CostTotal): Partial<Totals> => ({
  calls,
  inputTokens,
  outputTokens,
  usd,
  unpriced: unpricedCalls,
})
