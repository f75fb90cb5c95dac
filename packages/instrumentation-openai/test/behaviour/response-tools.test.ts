import { describe, expect, test } from 'vitest'
import { type CallFacts, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { jsonAnswer, responseBody, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

/** 1000 tokens in and 100 out: 0.0028 USD by gpt-4.1, at 2 and 8 USD a million. */
const USAGE = { input_tokens: 1000, output_tokens: 100, total_tokens: 1100 }
const TOKENS = 2_800_000_000n

type Output = readonly Record<string, unknown>[]

const SEARCH = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'cats' } }
const OPENED = { type: 'web_search_call', id: 'ws_2', status: 'completed', action: { type: 'open_page', url: 'u' } }
const FILES = { type: 'file_search_call', id: 'fs_1', status: 'completed', queries: ['cats'] }
const IMAGE = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: 'aGk=' }
const code = (container: string): Record<string, unknown> => ({
  type: 'code_interpreter_call',
  id: 'ci_1',
  status: 'completed',
  code: '1+1',
  container_id: container,
  outputs: null,
})

function answer(output: Output, rest: object = {}): ReturnType<typeof jsonAnswer> {
  return jsonAnswer({ ...responseBody('completed', output, USAGE), model: 'gpt-4.1-2025-04-14', ...rest })
}

const { connect } = MAJORS.at(-1)!

/** What responses that are answered so are charged, in order. */
async function charged(...answers: ReturnType<typeof answer>[]): Promise<CallFacts[]> {
  await using wire = await wireServer(answers)
  using watched = watchCalls()
  const client = connect(wire)
  for (const _ of answers) await client.responses.create({ model: 'gpt-4.1', input: 'Hi' })
  return watched.facts(answers.length)
}

describe.each(MAJORS)('with openai $major, a response', ({ connect: connectMajor }) => {
  test('is charged for the tools of the provider that it used, streamed or not', async () => {
    const body = { ...responseBody('completed', [SEARCH, SEARCH, OPENED, FILES], USAGE), model: 'gpt-4.1-2025-04-14' }
    const stream = { pieces: [sse({ type: 'response.completed', sequence_number: 0, response: body })] }
    await using wire = await wireServer([jsonAnswer(body), stream])
    using watched = watchCalls()
    const { responses } = connectMajor(wire)
    await responses.create({ model: 'gpt-4.1', input: 'Hi' })
    for await (const event of await responses.create({ model: 'gpt-4.1', input: 'Hi', stream: true })) void event
    for (const call of await watched.facts(2)) {
      expect(call).toMatchObject({
        units: { webSearches: 2, fileSearches: 1 },
        // 2 at 10 USD a thousand, 1 at 2.5.
        picoUsd: TOKENS + 20_000_000_000n + 2_500_000_000n,
      })
    }
    const [first] = watched.calls
    expect(first?.cost?.breakdown.map(({ part, picoUsd }) => [part, picoUsd])).toEqual([
      ['input', 2_000_000_000n],
      ['output', 800_000_000n],
      ['web_search', 20_000_000_000n],
      ['file_search', 2_500_000_000n],
    ])
  })
})

const counted = (requests: number): object => ({ tool_usage: { web_search: { num_requests: requests } } })

describe('searches of the web', () => {
  test('by the preview of the tool have its price', async () => {
    const [call] = await charged(answer([SEARCH], { tools: [{ type: 'web_search_preview' }] }))
    expect(call).toMatchObject({ units: { webSearchPreviews: 1 }, picoUsd: TOKENS + 25_000_000_000n })
  })

  test('are those that the provider counts, where it does', async () => {
    const [three, none] = await charged(answer([SEARCH], counted(3)), answer([SEARCH], counted(0)))
    expect(three).toMatchObject({ units: { webSearches: 3 }, picoUsd: TOKENS + 30_000_000_000n })
    expect(none?.picoUsd).toBe(TOKENS)
  })

  test('that a model of chat completions does on every call are charged with it', async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 100 }
    await using wire = await wireServer(
      jsonAnswer({ id: 'c', object: 'chat.completion', model: 'gpt-4o-search-preview-2025-03-11', choices: [], usage }),
    )
    using watched = watchCalls()
    await connect(wire).chat.completions.create({ model: 'gpt-4o-search-preview', messages: [] })
    // 1000 at 2.5 USD a million, 100 at 10, one call at 25 a thousand.
    expect((await watched.only()).picoUsd).toBe(2_500_000_000n + 1_000_000_000n + 25_000_000_000n)
  })
})

const auto = (memory?: string): object => ({
  tools: [
    { type: 'code_interpreter', container: { type: 'auto', ...(memory !== undefined && { memory_limit: memory }) } },
  ],
})

describe('containers', () => {
  test('are charged by the session and not by the call', async () => {
    const [first, again, other] = await charged(
      answer([code('cntr_1'), code('cntr_1')], auto()),
      answer([code('cntr_1')], auto()),
      answer([code('cntr_2')], auto('4g')),
    )
    expect(first).toMatchObject({ units: { containers: { '1g': 1 } }, picoUsd: TOKENS + 30_000_000_000n })
    expect(again?.units).toBeUndefined()
    expect(again?.picoUsd).toBe(TOKENS)
    expect(other).toMatchObject({ units: { containers: { '4g': 1 } }, picoUsd: TOKENS + 120_000_000_000n })
  })

  test('in which a shell ran are charged, too', async () => {
    const shell = { type: 'shell_call', environment: { type: 'container_reference', container_id: 'cntr_3' } }
    const tools = [{ type: 'shell', environment: { type: 'container_auto', memory_limit: '16g' } }]
    const [call] = await charged(answer([shell], { tools }))
    expect(call).toMatchObject({ units: { containers: { '16g': 1 } }, picoUsd: TOKENS + 480_000_000_000n })
  })

  test('that the application made by itself have a memory that nobody tells: the cost is unknown', async () => {
    const tools = [{ type: 'code_interpreter', container: 'cntr_4' }]
    const [first, again] = await charged(answer([code('cntr_4')], { tools }), answer([code('cntr_4')], { tools }))
    expect(first).toMatchObject({ units: { containers: { unknown: 1 } }, unpriced: 'unknown_unit' })
    expect(again?.picoUsd).toBe(TOKENS)
  })
})

describe('images that another model made', () => {
  const told = {
    input_tokens: 60,
    input_tokens_details: { text_tokens: 50, image_tokens: 10 },
    output_tokens: 1000,
    output_tokens_details: { text_tokens: 0, image_tokens: 1000 },
    cached_tokens: 20,
    cached_tokens_details: { cached_text_tokens: 20, cached_image_tokens: 0 },
    total_tokens: 1060,
  }
  const tools = [{ type: 'image_generation', model: 'gpt-image-2' }]

  test('are charged by its prices', async () => {
    await using wire = await wireServer(answer([IMAGE], { tools, tool_usage: { image_gen: told } }))
    using watched = watchCalls()
    await connect(wire).responses.create({ model: 'gpt-4.1', input: 'Hi' })
    await watched.only()
    const [call] = watched.calls
    expect(call?.units?.imageTool).toMatchObject({
      model: 'gpt-image-2',
      usage: { inputTokens: 60, outputTokens: 1000 },
    })
    expect(call?.cost?.breakdown.map(({ part, units, picoUsd }) => [part, units, picoUsd])).toEqual([
      ['input', 1000, 2_000_000_000n],
      ['output', 100, 800_000_000n],
      // 30 at 5 USD a million, 20 cached at 1.25, 10 of images at 8, 1000 at 30.
      ['image_tool.input', 30, 150_000_000n],
      ['image_tool.cache_read', 20, 25_000_000n],
      ['image_tool.input_image', 10, 80_000_000n],
      ['image_tool.output_image', 1000, 30_000_000_000n],
    ])
    expect(call?.cost?.picoUsd).toBe(TOKENS + 30_255_000_000n)
  })

  test.each<[string, object]>([
    ['by nobody knows which model', { tool_usage: { image_gen: told } }],
    ['of tokens that nobody tells', { tools }],
    ['of tokens that were lost', { tools, tool_usage: { image_gen: { input_tokens: 0, output_tokens: 0 } } }],
    [
      'by a model that has no price',
      { tools: [{ ...tools[0], model: 'gpt-image-9' }], tool_usage: { image_gen: told } },
    ],
  ])('%s make the cost unknown', async (_, rest) => {
    const [call] = await charged(answer([IMAGE], rest))
    expect(call?.picoUsd).toBeUndefined()
    expect(call?.unpriced).toMatch(/^unknown_(?:unit|model)$/)
  })
})

describe('cache and predictions', () => {
  test('what the cache keeps for 12 hours costs more', async () => {
    const usage = {
      input_tokens: 10_000,
      output_tokens: 0,
      input_tokens_details: {
        cached_tokens: 0,
        cache_write_tokens: 8000,
        cache_write_tokens_details: { ttl_30m_tokens: 3000, ttl_12h_tokens: 5000 },
      },
    }
    const [call] = await charged(answer([], { model: 'gpt-6.1-sol', usage }))
    // 2000 at 2 USD a million, 3000 written at 2.5, 5000 at 5.
    expect(call?.picoUsd).toBe(4_000_000_000n + 7_500_000_000n + 25_000_000_000n)
  })

  test('predicted tokens are output, used or not, and no more than that', async () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 50,
      completion_tokens_details: { accepted_prediction_tokens: 20, rejected_prediction_tokens: 10 },
    }
    await using wire = await wireServer(
      jsonAnswer({ id: 'c', object: 'chat.completion', model: 'gpt-4o-2024-11-20', choices: [], usage }),
    )
    using watched = watchCalls()
    const prediction = { type: 'content' as const, content: 'as before' }
    await connect(wire).chat.completions.create({ model: 'gpt-4o', messages: [], prediction })
    expect(await watched.only()).toMatchObject({
      usage: { outputTokens: 50, acceptedPredictionTokens: 20, rejectedPredictionTokens: 10 },
      // 100 at 2.5 USD a million, 50 at 10.
      picoUsd: 250_000_000n + 500_000_000n,
    })
  })
})
