import { setImmediate as nextTurn } from 'node:timers/promises'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { countTokens as countOlderTokens } from 'gpt-tokenizer/encoding/cl100k_base'
import { beforeAll, describe, expect, test } from 'vitest'
import { AI_ATTRIBUTE } from '@tokenmeter/meter'
import { CHAT, CHAT_STREAM, RESPONSE_STREAM } from '../harmless/scenario.ts'
import { chatStreamCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { readAll } from '../support/streams.ts'
import { CHAT_USAGE, chatStream, completionStream, responseStream, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const CHARACTERS = { estimates: 'characters' } as const

const { connect: connectNewest } = MAJORS.at(-1) as (typeof MAJORS)[number]

test('an estimate is marked wherever it appears, and is in no metric of real usage', async () => {
  await using wire = await wireServer(chatStream(['Hello', ', world']))
  const { provider, read } = meters()
  const traces = spans()
  using watched = watchCalls({ ...CHARACTERS, meterProvider: provider, tracerProvider: traces.provider })
  await readAll(await connectNewest(wire).chat.completions.create(CHAT_STREAM))
  await watched.only()
  const attributes = traces.ended()[0]?.attributes ?? {}
  const about = Object.entries(attributes).filter(([name]) => /usage|estimate|cost|unpriced/.test(name))
  expect(Object.fromEntries(about)).toEqual({
    [AI_ATTRIBUTE.usageSource]: 'estimated',
    [AI_ATTRIBUTE.unpriced]: 'no_usage',
    [AI_ATTRIBUTE.estimatedInputTokens]: 8,
    [AI_ATTRIBUTE.estimatedOutputTokens]: 3,
    [AI_ATTRIBUTE.estimateMethod]: 'characters',
    [AI_ATTRIBUTE.estimatedCost]: 0.000_003,
  })
  for (const metric of ['ai.tokens', 'ai.cost', 'gen_ai.client.inference.usage.input_tokens']) {
    expect(await read(metric)).toEqual({})
  }
  expect(await read('ai.estimated_tokens')).toEqual({
    'gpt-4o-mini chat_completion prompt': 8,
    'gpt-4o-mini chat_completion completion': 3,
  })
  expect(await read('ai.estimated_cost')).toEqual({ 'gpt-4o-mini chat_completion openai': 0.000_003 })
})

describe.each(MAJORS)('with openai $major, a stream that told no usage', ({ connect }) => {
  test('is estimated from its texts: a word and 7 for the form in, 2 words and a mark out', async () => {
    await using wire = await wireServer(chatStream(['Hel', 'lo', ', world']))
    using watched = watchCalls(CHARACTERS)
    await readAll(await connect(wire).chat.completions.create(CHAT_STREAM))
    expect(await watched.only()).toStrictEqual({
      ...chatStreamCall({ chunks: 4 }),
      usageSource: 'estimated',
      estimate: { inputTokens: 8, outputTokens: 3, method: 'characters' },
      // 8 tokens at 0.15 USD a million, 3 at 0.6.
      estimatedPicoUsd: 3_000_000n,
    })
  })

  test('because the application left it is estimated from what had arrived', async () => {
    await using wire = await wireServer(
      chatStream(['Hello', ' there', ' again'], { usage: CHAT_USAGE, after: 'stall' }),
    )
    using watched = watchCalls(CHARACTERS)
    for await (const chunk of await connect(wire).chat.completions.create(CHAT_STREAM)) {
      if (chunk.choices[0]?.delta.content === ' there') break
    }
    const { outcome, usageSource, estimate, unpriced } = await watched.only()
    expect([outcome.kind, usageSource, unpriced]).toEqual(['cancelled', 'estimated', 'no_usage'])
    expect(estimate).toEqual({ inputTokens: 8, outputTokens: 2, method: 'characters' })
  })

  test('is estimated with the tools it is offered and the tools it calls', async () => {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }
    const more = { index: 0, function: { arguments: '{"city":"Rome"}' } }
    const pieces = [call, more].map((tool) => sse({ choices: [{ index: 0, delta: { tool_calls: [tool] } }] }))
    await using wire = await wireServer({ ...chatStream([]), pieces })
    using watched = watchCalls(CHARACTERS)
    const tools = [{ type: 'function', function: { name: 'weather' } }] as const
    await readAll(await connect(wire).chat.completions.create({ ...CHAT_STREAM, tools: [...tools] }))
    // 8 for `Hi` and the form, the rest for the JSON of the tool.
    expect((await watched.only()).estimate).toEqual({ inputTokens: 27, outputTokens: 8, method: 'characters' })
  })

  test('of the Responses API is estimated, too', async () => {
    const { pieces, ...rest } = responseStream(['Hello', ', world'])
    await using wire = await wireServer({ ...rest, pieces: (pieces as string[]).slice(0, -1) })
    using watched = watchCalls(CHARACTERS)
    await readAll(await connect(wire).responses.create(RESPONSE_STREAM))
    const { usageSource, estimate } = await watched.only()
    expect([usageSource, estimate]).toEqual(['estimated', { inputTokens: 8, outputTokens: 3, method: 'characters' }])
  })

  test('of legacy completions is estimated, too', async () => {
    await using wire = await wireServer(completionStream(['Hello', ' there']))
    using watched = watchCalls(CHARACTERS)
    const request = { model: 'gpt-3.5-turbo-instruct', prompt: 'Say hello', stream: true } as const
    await readAll(await connect(wire).completions.create(request))
    expect((await watched.only()).estimate).toEqual({ inputTokens: 2, outputTokens: 2, method: 'characters' })
  })
})

const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } } as const
const WITH_IMAGE = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'What is this?' }, IMAGE] }]

test.each([
  ['it told its usage', {}, { usage: CHAT_USAGE }, 'provider'],
  ['it was sent an image', { messages: WITH_IMAGE }, {}, 'none'],
  ['it may answer with sound', { modalities: ['text' as const, 'audio' as const] }, {}, 'none'],
])('a stream is not estimated when %s', async (_, fields, shape, usageSource) => {
  await using wire = await wireServer(chatStream(['Hello'], shape))
  using watched = watchCalls(CHARACTERS)
  await readAll(await connectNewest(wire).chat.completions.create({ ...CHAT_STREAM, ...fields }))
  const call = await watched.only()
  expect([call.usageSource, call.estimate]).toEqual([usageSource, undefined])
})

test('a stream is not estimated when that is switched off, nor a whole answer', async () => {
  await using wire = await wireServer([chatStream(['Hello']), { ...chatStream([]), json: { choices: [] } }])
  using watched = watchCalls({ estimates: 'off' })
  await readAll(await connectNewest(wire).chat.completions.create(CHAT_STREAM))
  await connectNewest(wire).chat.completions.create(CHAT)
  const calls = await watched.facts(2)
  expect(calls.map(({ usageSource }) => usageSource)).toEqual(['none', 'none'])
})

test('a request that cannot be read again costs the estimate, and nothing else', async () => {
  await using wire = await wireServer(chatStream(['Hello']))
  using watched = watchCalls(CHARACTERS)
  const tools: { self?: unknown; toJSON?: () => object }[] = [{}]
  const client = connectNewest(wire)
  const answer = await client.chat.completions.create({ ...CHAT_STREAM, tools: tools as never })
  tools.push({
    toJSON: () => {
      throw new Error('not now')
    },
  })
  await readAll(answer)
  const call = await watched.only()
  expect([call.outcome.kind, call.usageSource]).toEqual(['success', 'none'])
})

describe('with gpt-tokenizer', () => {
  const TOKENIZER = { estimates: 'gpt-tokenizer' } as const
  const PROSE = 'Unbelievable circumstances, <|endoftext|> notwithstanding: 12345 天气很好'

  async function estimateOf(model: string, contents: readonly string[]): Promise<unknown> {
    await using wire = await wireServer(chatStream(contents, { chunk: { model } }))
    using watched = watchCalls(TOKENIZER)
    const messages = [{ role: 'user' as const, content: PROSE, name: 'ann' }]
    await readAll(await connectNewest(wire).chat.completions.create({ model, messages, stream: true }))
    return (await watched.only()).estimate
  }

  beforeAll(async () => {
    for (const model of ['gpt-4o-mini', 'gpt-4-turbo']) {
      while (!JSON.stringify(await estimateOf(model, ['Hi'])).includes('gpt-tokenizer')) await nextTurn()
    }
  })

  const asText = { disallowedSpecial: new Set<string>() }

  test('tokens are those of the newer encoding, plus the form of chat: 3 and a role a message, 1 a name, 3 for the answer', async () => {
    expect(await estimateOf('gpt-4o-mini', [PROSE.slice(0, 9), PROSE.slice(9)])).toEqual({
      inputTokens: countTokens(`ann\n${PROSE}`, asText) + 4 + 1 + 3,
      outputTokens: countTokens(PROSE, asText),
      method: 'gpt-tokenizer',
    })
  })

  test('tokens of a long unbroken run are counted in no time', async () => {
    expect(await estimateOf('gpt-4o-mini', ['a'.repeat(30_000)])).toMatchObject({
      outputTokens: countTokens(`${'a'.repeat(400)} `.repeat(75).trim()),
      method: 'gpt-tokenizer',
    })
  })

  test('a text of more than 32,768 characters is counted up to there, and stretched', async () => {
    const whole = 'the sun is out '.repeat(4369)
    const estimate = await estimateOf('gpt-4o-mini', [whole])
    const exact = countTokens(whole)
    expect(Math.abs((estimate as { outputTokens: number }).outputTokens - exact) / exact).toBeLessThan(0.001)
  })

  test('gpt-4 and gpt-3.5 have the older encoding', async () => {
    const [newer, older] = [countTokens(PROSE, asText), countOlderTokens(PROSE, asText)]
    expect(older).not.toBe(newer)
    expect(await estimateOf('gpt-4-turbo', [PROSE])).toMatchObject({ outputTokens: older })
    expect(await estimateOf('gpt-4o-mini', [PROSE])).toMatchObject({ outputTokens: newer })
  })
})
