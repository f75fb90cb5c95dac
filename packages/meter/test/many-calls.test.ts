import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import type { CallEnd, CallStart } from '../src/index.ts'
import { chatStart, failed, flatPrice, succeeded } from './support/calls.ts'
import { forgetGlobals, type Points, seriesName, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

/** Few values each, so that calls share some labels and differ in others. */
const variant = fc.record({
  operation: fc.constantFrom('chat_completion', 'response', 'completion'),
  provider: fc.constantFrom('openai', 'groq'),
  model: fc.constantFrom('a', 'b', undefined),
  responseModel: fc.constantFrom('a-2026', undefined),
  serviceTier: fc.constantFrom('default', 'flex', undefined),
  server: fc.constantFrom({ address: 'localhost', port: 443 }, { address: 'localhost', port: 8443 }),
  inputTokens: fc.nat(1000),
  outputTokens: fc.nat(1000),
  fails: fc.boolean(),
})
type Variant = typeof variant extends fc.Arbitrary<infer T> ? T : never
const FIELDS = ['operation', 'provider', 'model', 'responseModel', 'serviceTier', 'server', 'fails'] as const

/** Calls of which each differs from the one before in one field, or in none. */
const calls: fc.Arbitrary<Variant[]> = fc
  .tuple(variant, fc.array(fc.tuple(fc.constantFrom(...FIELDS), variant), { maxLength: 40 }))
  .map(([first, changes]) => {
    const all = [first]
    for (const [field, other] of changes) all.push({ ...(all.at(-1) ?? first), [field]: other[field] })
    return all
  })

function startOf({ operation, provider, server, model }: Variant): CallStart {
  const request = { stream: false, parameters: {}, inputIsText: true, outputIsText: true }
  return chatStart({ operation, provider, server, request: { ...request, ...(model && { model }) } })
}

function endOf({ responseModel, serviceTier, inputTokens, outputTokens, fails }: Variant): CallEnd {
  if (fails) return failed(400, 'invalid_value')
  const response = { ...(responseModel && { model: responseModel }), ...(serviceTier && { serviceTier }) }
  return succeeded({ response, usage: { inputTokens, outputTokens } })
}

/** The same sums, worked out call by call from the labels alone. */
function expectedCounters(made: readonly Variant[]): Map<string, number> {
  const sums = new Map<string, number>()
  const add = (name: string, labels: Record<string, string | number | undefined>, value: number): void => {
    const present = Object.entries(labels).filter(([, label]) => label !== undefined)
    const series = seriesName(name, Object.fromEntries(present))
    sums.set(series, (sums.get(series) ?? 0) + value)
  }
  for (const call of made) {
    const { operation, provider, inputTokens, outputTokens, fails } = call
    const model = call.model ?? (fails ? undefined : call.responseModel) ?? 'unknown'
    add('ai.requests', { model, operation, provider, status: fails ? 'error' : 'success' }, 1)
    if (fails) continue
    add('ai.tokens', { model, operation, token_type: 'prompt' }, inputTokens)
    add('ai.tokens', { model, operation, token_type: 'completion' }, outputTokens)
    const client = {
      'gen_ai.operation.name': operation === 'completion' ? 'text_completion' : 'chat',
      'gen_ai.provider.name': provider,
      'gen_ai.request.model': call.model,
      'gen_ai.response.model': call.responseModel,
      'gen_ai.token.modality': 'text',
      'openai.response.service_tier': provider === 'openai' ? call.serviceTier : undefined,
      'server.address': 'localhost',
      'server.port': call.server.port,
    }
    add('gen_ai.client.inference.usage.input_tokens', client, inputTokens)
    add('gen_ai.client.inference.usage.output_tokens', client, outputTokens)
  }
  return sums
}

const countsOf = (points: Points): [string, number | object][] =>
  Object.entries(points).filter(
    ([name, value]) => /^(ai\.requests|ai\.tokens|gen_ai\.\S+usage\.\S+) /.test(name) && value !== 0,
  )

test('whatever calls come in whatever order, every series is the sum of its calls', async () => {
  await fc.assert(
    fc.asyncProperty(calls, async (made) => {
      await using telemetry = new Telemetry()
      const recorder = telemetry.recorder({ price: flatPrice })
      for (const call of made) recorder.start(startOf(call)).end(endOf(call))
      const expected = [...expectedCounters(made)].filter(([, value]) => value !== 0)
      expect(new Map(countsOf(await telemetry.points()))).toEqual(new Map(expected))
    }),
  )
})
