import { describe, expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { jsonAnswer } from '../support/wire-answers.ts'
import { type Answer, wireServer } from '../support/wire-server.ts'

const BATCH = {
  id: 'batch_1',
  object: 'batch',
  status: 'completed',
  endpoint: '/v1/chat/completions',
  output_file_id: 'file-out',
}

const line = (id: string, body: object | null, status = 200): string =>
  JSON.stringify({ id, custom_id: id, response: { status_code: status, request_id: 'r', body }, error: null })

const chat = (model: string, input: number, output: number): object => ({
  object: 'chat.completion',
  model,
  choices: [],
  usage: { prompt_tokens: input, completion_tokens: output },
})

const file = (...lines: string[]): Answer => ({
  headers: { 'content-type': 'application/octet-stream' },
  body: `${lines.join('\n')}\n`,
})

/** With a meter provider of its own, so that its calls are in no other's sums. */
const watchAlone = (): ReturnType<typeof watchCalls> => watchCalls({ meterProvider: meters().provider })

describe.each(MAJORS)('the output file of a batch with openai $major', ({ connect }) => {
  test('tells what a batch cost that does not tell it, once, at the price of batches', async () => {
    const output = file(
      line('a', chat('gpt-4o-mini-2024-07-18', 600, 200)),
      line('b', chat('gpt-4o-mini-2024-07-18', 400, 300)),
      line('c', { error: { message: 'no' } }, 400),
    )
    await using wire = await wireServer([jsonAnswer(BATCH), output, output])
    const { provider, read } = meters()
    using watched = watchCalls({ meterProvider: provider })
    const client = connect(wire)
    await client.batches.retrieve('batch_1')
    const text = await (await client.files.content('file-out')).text()
    await (await client.files.content('file-out')).text()
    const [retrieved, first, again] = await watched.facts(3)
    expect(text.split('\n')).toHaveLength(4)
    expect(retrieved).toMatchObject({ operation: 'batch_retrieval', unpriced: 'no_usage' })
    expect(first).toMatchObject({
      operation: 'batch_retrieval',
      response: { id: 'file-out', model: 'gpt-4o-mini-2024-07-18', serviceTier: 'batch' },
      usage: { inputTokens: 1000, outputTokens: 500 },
      // 1000 at 0.075 USD a million, 500 at 0.3.
      picoUsd: 225_000_000n,
    })
    expect(watched.calls[1]?.cost?.tier).toBe('batch')
    expect(again).toMatchObject({ billed: false, usageSource: 'none' })
    const costs = (await read('ai.cost')) as Record<string, number>
    expect(Object.values(costs).reduce((sum, usd) => sum + usd, 0)).toBe(0.000225)
  })

  test('is none of ours when the batch has told what it cost', async () => {
    const usage = { input_tokens: 1000, output_tokens: 500 }
    const batch = jsonAnswer({ ...BATCH, model: 'gpt-4o-mini-2024-07-18', usage })
    await using wire = await wireServer([batch, file(line('a', chat('gpt-4o-mini-2024-07-18', 1000, 500)))])
    using watched = watchAlone()
    const client = connect(wire)
    await client.batches.retrieve('batch_1')
    await (await client.files.content('file-out')).arrayBuffer()
    expect(await watched.only()).toMatchObject({ picoUsd: 225_000_000n })
  })
})

const { connect } = MAJORS.at(-1)!

test('a sum of tokens does not tell the price where long prompts cost more: the output file does', async () => {
  const model = 'gpt-5.4-2026-03-05'
  const usage = { input_tokens: 500_000, output_tokens: 2000 }
  const output = file(line('a', chat(model, 200_000, 1000)), line('b', chat(model, 300_000, 1000)))
  await using wire = await wireServer([jsonAnswer({ ...BATCH, model, usage }), output])
  const { provider, read } = meters()
  using watched = watchCalls({ meterProvider: provider })
  const client = connect(wire)
  await client.batches.retrieve('batch_1')
  for await (const piece of (await client.files.content('file-out')).body as unknown as AsyncIterable<Uint8Array>)
    void piece
  const [retrieved, told] = await watched.facts(2)
  expect(retrieved).toMatchObject({ usage: { inputTokens: 500_000 }, unpriced: 'summed_usage' })
  expect(told).toMatchObject({
    usageSource: 'none',
    // 200,000 at 1.25 USD a million and 1000 at 7.5; 300,000 at 2.5 and 1000 at 11.25.
    picoUsd: 250_000_000_000n + 7_500_000_000n + 750_000_000_000n + 11_250_000_000n,
  })
  const tokens = (await read('ai.tokens')) as Record<string, number>
  expect(Object.values(tokens).reduce((sum, count) => sum + count, 0)).toBe(502_000)
})

test('a batch that does not name its model is priced by the one that its answers name', async () => {
  const usage = { input_tokens: 600, output_tokens: 200 }
  const output = file(line('a', chat('gpt-4o-mini-2024-07-18', 600, 200)))
  await using wire = await wireServer([jsonAnswer({ ...BATCH, usage }), output])
  using watched = watchAlone()
  const client = connect(wire)
  await client.batches.retrieve('batch_1')
  await (await client.files.content('file-out')).text()
  const [retrieved, told] = await watched.facts(2)
  expect(retrieved).toMatchObject({ usage: { inputTokens: 600 }, unpriced: 'unknown_model' })
  expect(told).toMatchObject({ usageSource: 'none', picoUsd: 45_000_000n + 60_000_000n })
})

test('a sum that is no longer than a short prompt has its price at once', async () => {
  const usage = { input_tokens: 272_000, output_tokens: 0 }
  await using wire = await wireServer(jsonAnswer({ ...BATCH, model: 'gpt-5.4-2026-03-05', usage }))
  using watched = watchAlone()
  await connect(wire).batches.retrieve('batch_1')
  expect((await watched.only()).picoUsd).toBe(340_000_000_000n)
})

test('responses in a batch are charged for their tools', async () => {
  const body = {
    object: 'response',
    model: 'gpt-4.1-2025-04-14',
    status: 'completed',
    output: [{ type: 'file_search_call', id: 'fs', queries: [] }],
    usage: { input_tokens: 1000, output_tokens: 100 },
  }
  await using wire = await wireServer([
    jsonAnswer({ ...BATCH, endpoint: '/v1/responses' }),
    file(line('a', body), line('b', body)),
  ])
  using watched = watchAlone()
  const client = connect(wire)
  await client.batches.retrieve('batch_1')
  await (await client.files.content('file-out')).text()
  const [, told] = await watched.facts(2)
  expect(told).toMatchObject({
    units: { fileSearches: 2 },
    // 2000 at 1 USD a million, 200 at 4, 2 searches at 2.5 a thousand.
    picoUsd: 2_000_000_000n + 800_000_000n + 5_000_000_000n,
  })
})

test.each([
  ['is cut off in the middle of a line', '{"id":"a","respo'],
  ['has answers that tell no usage', line('a', { object: 'chat.completion', model: 'gpt-4o', choices: [] })],
])('a file that %s tells no cost, and the application gets it all the same', async (_, body) => {
  await using wire = await wireServer([jsonAnswer(BATCH), file(body)])
  using watched = watchAlone()
  const client = connect(wire)
  await client.batches.retrieve('batch_1')
  expect(await (await client.files.content('file-out')).text()).toBe(`${body}\n`)
  const [, told] = await watched.facts(2)
  expect(told).toMatchObject({ outcome: { kind: 'success' }, unpriced: 'no_usage' })
})
