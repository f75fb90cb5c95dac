import { describe, expect, test } from 'vitest'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { jsonAnswer, response, RESPONSE_USAGE, responseBody, sse, wireError } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const NO_CHARGE = { usageSource: 'none', billed: false }
const background = (status: string, usage?: unknown): ReturnType<typeof jsonAnswer> =>
  jsonAnswer({ ...responseBody(status, [], usage), background: true })

describe.each(MAJORS)('a background response with openai $major', ({ connect }) => {
  test('is charged once: by the first answer that shows it at its end', async () => {
    await using wire = await wireServer([
      background('queued', null),
      background('in_progress', null),
      background('completed', RESPONSE_USAGE),
      background('completed', RESPONSE_USAGE),
    ])
    using watched = watchCalls()
    const client = connect(wire)
    const { id } = await client.responses.create({ model: 'gpt-4o-mini', input: 'Hi', background: true })
    for (let poll = 0; poll < 3; poll++) await client.responses.retrieve(id)
    const [created, underWay, ended, again] = await watched.facts(4)
    expect(created).toMatchObject({ operation: 'response', ...NO_CHARGE })
    expect(underWay).toMatchObject({
      operation: 'response_retrieval',
      ...NO_CHARGE,
      response: { status: 'in_progress' },
    })
    expect(ended).toMatchObject({
      operation: 'response_retrieval',
      request: { parameters: { responseId: 'resp_1' } },
      response: { status: 'completed', model: 'gpt-4o-mini-2024-07-18' },
      usage: { inputTokens: 328, outputTokens: 87 },
      picoUsd: 91_800_000n,
    })
    expect(again).toMatchObject({ ...NO_CHARGE, response: { status: 'completed' } })
    for (const call of [created, underWay, again])
      expect([call?.picoUsd, call?.unpriced]).toEqual([undefined, undefined])
  })

  test('that was not one is charged to the call that made it, whoever fetches it', async () => {
    await using wire = await wireServer([response(), response()])
    using watched = watchCalls()
    const client = connect(wire)
    await client.responses.create({ model: 'gpt-4o-mini', input: 'Hi' })
    await client.responses.retrieve('resp_1')
    const [created, fetched] = await watched.facts(2)
    expect(created).toMatchObject({ picoUsd: 91_800_000n })
    expect(fetched).toMatchObject({ operation: 'response_retrieval', ...NO_CHARGE })
  })

  test('that failed was fetched all the same, and one that is not there was not', async () => {
    await using wire = await wireServer([background('failed', null), wireError(404, { code: 'not_found' })])
    using watched = watchCalls()
    const client = connect(wire)
    await client.responses.retrieve('resp_1')
    await expect(client.responses.retrieve('resp_2')).rejects.toThrow()
    const [failed, missing] = await watched.facts(2)
    expect(failed?.outcome).toEqual({ kind: 'success' })
    expect(missing).toMatchObject({
      request: { parameters: { responseId: 'resp_2' } },
      outcome: { kind: 'error', errorType: 'not_found' },
    })
  })
})

describe.each(MAJORS.filter(({ major }) => major >= 5))(
  'a background response that is streamed with openai $major',
  ({ connect }) => {
    test('goes on where it was left, and is charged once', async () => {
      const completed = { ...responseBody('completed', [], RESPONSE_USAGE), background: true }
      const events = [sse({ type: 'response.completed', sequence_number: 8, response: completed })]
      await using wire = await wireServer([{ pieces: events }, { pieces: events }])
      using watched = watchCalls()
      for (let time = 0; time < 2; time++) {
        const stream = await connect(wire).responses.retrieve('resp_1', { stream: true, starting_after: 7 })
        for await (const event of stream) void event
      }
      const [first, second] = await watched.facts(2)
      expect(first).toMatchObject({
        request: { stream: true, parameters: { responseId: 'resp_1', streamCursor: '7' } },
        response: { status: 'completed' },
        usage: { inputTokens: 328 },
        picoUsd: 91_800_000n,
        chunks: 1,
      })
      expect(second).toMatchObject(NO_CHARGE)
    })
  },
)

describe.each(MAJORS.filter(({ major }) => major >= 5))('a background response with openai $major', ({ connect }) => {
  test('that was streamed to its end is not charged again when it is fetched', async () => {
    const completed = { ...responseBody('completed', [], RESPONSE_USAGE), background: true }
    const events = [sse({ type: 'response.completed', sequence_number: 8, response: completed })]
    await using wire = await wireServer([{ pieces: events }, jsonAnswer(completed)])
    using watched = watchCalls()
    const { responses } = connect(wire)
    const asked = { model: 'gpt-4o-mini', input: 'Hi', background: true, stream: true } as const
    for await (const event of await responses.create(asked)) void event
    await responses.retrieve('resp_1')
    const [created, fetched] = await watched.facts(2)
    expect(created).toMatchObject({ operation: 'response', picoUsd: 91_800_000n })
    expect(fetched).toMatchObject({ operation: 'response_retrieval', ...NO_CHARGE })
  })

  test('that was cancelled is charged for what it had done until then', async () => {
    await using wire = await wireServer([background('cancelled', RESPONSE_USAGE), background('cancelled', null)])
    using watched = watchCalls()
    const { responses } = connect(wire)
    await responses.retrieve('resp_1')
    await responses.retrieve('resp_2')
    const [told, untold] = await watched.facts(2)
    expect(told).toMatchObject({ response: { status: 'cancelled' }, picoUsd: 91_800_000n })
    expect(untold).toMatchObject(NO_CHARGE)
  })
})

const BATCH = { id: 'batch_1', object: 'batch', endpoint: '/v1/chat/completions', model: 'gpt-4o-mini-2024-07-18' }

describe.each(MAJORS)('a batch with openai $major', ({ connect }) => {
  test('is charged once, when it is fetched at its end, at the price of batches', async () => {
    await using wire = await wireServer([
      jsonAnswer({ ...BATCH, status: 'validating' }),
      jsonAnswer({ ...BATCH, status: 'in_progress' }),
      jsonAnswer({ ...BATCH, status: 'completed', usage: { input_tokens: 1000, output_tokens: 500 } }),
      jsonAnswer({ ...BATCH, status: 'completed', usage: { input_tokens: 1000, output_tokens: 500 } }),
    ])
    using watched = watchCalls()
    const { batches } = connect(wire)
    await batches.create({ endpoint: '/v1/chat/completions', completion_window: '24h', input_file_id: 'file_1' })
    for (let poll = 0; poll < 3; poll++) await batches.retrieve('batch_1')
    const [created, underWay, ended, again] = await watched.facts(4)
    expect(created).toMatchObject({ operation: 'batch', ...NO_CHARGE })
    expect(underWay).toMatchObject({ operation: 'batch_retrieval', ...NO_CHARGE })
    // 1000 at 0.075 USD a million, 500 at 0.3.
    expect(ended).toMatchObject({ usage: { inputTokens: 1000, outputTokens: 500 }, picoUsd: 225_000_000n })
    expect(again).toMatchObject(NO_CHARGE)
  })
})

test.each(['cancelled', 'expired'])('a batch that is %s is charged for what it has answered, once', async (status) => {
  const ended = jsonAnswer({ ...BATCH, status, usage: { input_tokens: 1000, output_tokens: 500 } })
  await using wire = await wireServer([jsonAnswer({ ...BATCH, status: 'cancelling' }), ended, ended])
  using watched = watchCalls()
  const { batches } = MAJORS.at(-1)!.connect(wire)
  for (let poll = 0; poll < 3; poll++) await batches.retrieve('batch_1')
  const [underWay, first, again] = await watched.facts(3)
  expect(underWay).toMatchObject(NO_CHARGE)
  expect(first).toMatchObject({ response: { status, serviceTier: 'batch' }, picoUsd: 225_000_000n })
  expect(again).toMatchObject(NO_CHARGE)
})

const VIDEO = { id: 'video_1', object: 'video', model: 'sora-2', seconds: '8', size: '1280x720' }

describe.each(MAJORS.filter(({ major }) => major >= 6))('a video with openai $major', ({ connect }) => {
  test('is charged by the second, once, when it is there', async () => {
    await using wire = await wireServer([
      jsonAnswer({ ...VIDEO, status: 'queued', progress: 0 }),
      jsonAnswer({ ...VIDEO, status: 'completed', progress: 100 }),
      jsonAnswer({ ...VIDEO, status: 'completed', progress: 100 }),
    ])
    using watched = watchCalls()
    const { videos } = connect(wire)
    await videos.create({ model: 'sora-2', prompt: 'a cat', seconds: '8', size: '1280x720' })
    await videos.retrieve('video_1')
    await videos.retrieve('video_1')
    const [created, ended, again] = await watched.facts(3)
    expect(created).toMatchObject({ operation: 'video', ...NO_CHARGE })
    expect(ended).toMatchObject({
      operation: 'video_retrieval',
      units: { outputSeconds: 8, size: '1280x720' },
      // 8 at 0.10 USD.
      picoUsd: 800_000_000_000n,
    })
    expect(again).toMatchObject(NO_CHARGE)
  })

  test('that failed costs nothing, and says why', async () => {
    const error = { code: 'moderation_blocked', message: 'no' }
    await using wire = await wireServer(jsonAnswer({ ...VIDEO, status: 'failed', error }))
    using watched = watchCalls()
    await connect(wire).videos.retrieve('video_1')
    expect(await watched.only()).toMatchObject({
      ...NO_CHARGE,
      outcome: { kind: 'error', errorType: 'moderation_blocked' },
    })
  })
})
