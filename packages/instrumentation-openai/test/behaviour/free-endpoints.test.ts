import { describe, expect, test } from 'vitest'
import { type CallFacts, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { jsonAnswer, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const chargeOf = ({ usageSource, usage, picoUsd, unpriced }: CallFacts): unknown => ({
  usageSource,
  usage,
  picoUsd,
  unpriced,
})
const NOTHING = { usageSource: 'none', usage: undefined, picoUsd: undefined, unpriced: undefined }

const page = (id: string, hasMore: boolean): ReturnType<typeof jsonAnswer> =>
  jsonAnswer({ object: 'list', data: [{ id }], has_more: hasMore })

describe.each(MAJORS)('with openai $major', ({ connect, major }) => {
  test('a moderation is a call without tokens, without a cost, and without a complaint about that', async () => {
    await using wire = await wireServer(jsonAnswer({ id: 'modr-1', model: 'omni-moderation-latest', results: [] }))
    using watched = watchCalls()
    await connect(wire).moderations.create({ model: 'omni-moderation-latest', input: 'Hi' })
    const call = await watched.only()
    expect(call).toMatchObject({
      operation: 'moderation',
      request: { model: 'omni-moderation-latest' },
      response: { id: 'modr-1', model: 'omni-moderation-latest' },
    })
    expect(chargeOf(call)).toEqual(NOTHING)
  })

  test('a search of a vector store names the store and how much it asked for', async () => {
    await using wire = await wireServer(jsonAnswer({ object: 'list', data: [], has_more: false }))
    using watched = watchCalls()
    const { vectorStores } = connect(wire)
    await vectorStores.search('vs_1', { query: 'cats', max_num_results: 5 })
    const call = await watched.only()
    expect(call).toMatchObject({ operation: 'search', request: { parameters: { dataSourceId: 'vs_1', topK: 5 } } })
    expect(chargeOf(call)).toEqual(NOTHING)
  })

  test('administration is not measured unless it is asked for', async () => {
    await using wire = await wireServer(Array.from({ length: 4 }, () => jsonAnswer({ object: 'list', data: [] })))
    const work = async (): Promise<void> => {
      await connect(wire).models.list()
      await connect(wire).files.retrieve('file-abc123')
    }
    {
      using watched = watchCalls()
      await work()
      expect(await watched.facts(0)).toEqual([])
    }
    using watched = watchCalls({ administration: true })
    await work()
    const calls = await watched.facts(2)
    expect(calls.map(({ operation, request }) => [operation, request.parameters.route])).toEqual([
      ['administration', 'GET /models'],
      ['administration', 'GET /files/{}'],
    ])
    for (const call of calls) expect(chargeOf(call)).toEqual(NOTHING)
  })

  test('each page of a list is a call, when administration is asked for', async () => {
    await using wire = await wireServer([page('batch_1', true), page('batch_2', false)])
    using watched = watchCalls({ administration: true })
    const ids: string[] = []
    for await (const { id } of connect(wire).batches.list()) ids.push(id)
    expect(ids).toEqual(['batch_1', 'batch_2'])
    expect((await watched.facts(2)).map(({ request }) => request.parameters.route)).toEqual([
      'GET /batches',
      'GET /batches',
    ])
  })

  test('administration that fails is an error', async () => {
    await using wire = await wireServer(wireError(404, { code: 'model_not_found' }))
    using watched = watchCalls({ administration: true })
    await expect(connect(wire).models.retrieve('gpt-99')).rejects.toThrow()
    expect(await watched.only()).toMatchObject({
      request: { parameters: { route: 'GET /models/{}' } },
      outcome: { kind: 'error', errorType: 'model_not_found' },
    })
  })

  test('endpoints that are called by hand are known, too', async () => {
    await using wire = await wireServer([jsonAnswer({ id: 'modr-1', results: [] }), jsonAnswer({ id: 'resp_9' })])
    using watched = watchCalls()
    const client = connect(wire)
    await client.post('/moderations', { body: { input: 'Hi' } })
    // v4 has no clones.
    const clone = major === 4 ? client : client.withOptions({ timeout: 5000 })
    await clone.get('/responses/resp_9')
    expect((await watched.facts(2)).map(({ operation }) => operation)).toEqual(['moderation', 'response_retrieval'])
  })
})

describe.each(MAJORS.filter(({ major }) => major >= 6))('with openai $major', ({ connect }) => {
  test('counting tokens consumes none', async () => {
    await using wire = await wireServer(jsonAnswer({ object: 'response.input_tokens', input_tokens: 328 }))
    using watched = watchCalls()
    await connect(wire).responses.inputTokens.count({ model: 'gpt-4o-mini', input: 'Hi' })
    const call = await watched.only()
    expect(call).toMatchObject({ operation: 'token_count', request: { model: 'gpt-4o-mini' } })
    expect(chargeOf(call)).toEqual(NOTHING)
  })
})

describe.each(MAJORS.filter(({ major }) => major >= 6))('with openai $major', ({ connect }) => {
  test('compacting a conversation is charged', async () => {
    const usage = { input_tokens: 1000, output_tokens: 100 }
    await using wire = await wireServer(jsonAnswer({ id: 'resp_2', object: 'response.compaction', output: [], usage }))
    using watched = watchCalls()
    await connect(wire).responses.compact({ model: 'gpt-4o-mini', input: 'Hi' })
    // 1000 at 0.15 USD a million, 100 at 0.6.
    expect(await watched.only()).toMatchObject({ operation: 'compaction', picoUsd: 210_000_000n })
  })
})
