import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { chatCall, watchCalls, withoutUsage } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

describe.each(MAJORS)('a call without usage, with openai $major', ({ connect }) => {
  test.each([
    ['there is none', undefined],
    ['it is of nonsense', { prompt_tokens: 'many', completion_tokens: -5 }],
  ])('adds no tokens and no cost, and says so, when %s', async (_, usage) => {
    await using wire = await wireServer(chatCompletion({ usage }))
    const { provider, read } = meters()
    using watched = watchCalls({ meterProvider: provider })
    await connect(wire).chat.completions.create(CHAT)
    expect(await watched.only()).toStrictEqual(withoutUsage(chatCall()))
    expect(await read('ai.tokens')).toEqual({})
    expect(await read('ai.cost')).toEqual({})
    expect(await read('gen_ai.client.inference.usage.input_tokens')).toEqual({})
    expect(await read('ai.unpriced_requests')).toEqual({ 'gpt-4o-mini chat_completion no_usage': 1 })
  })
})
