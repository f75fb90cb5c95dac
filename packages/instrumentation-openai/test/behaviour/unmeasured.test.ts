import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { chatCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

describe.each(MAJORS)('with openai $major', ({ connect }) => {
  test('requests that ask no model are neither calls nor spans', async () => {
    const list = { json: { object: 'list', data: [{ id: 'gpt-4o-mini', object: 'model' }], has_more: false } }
    await using wire = await wireServer([list, list, list, { json: { ok: true } }, { status: 404 }, chatCompletion()])
    const { provider, ended } = spans()
    using watched = watchCalls({ tracerProvider: provider })
    const client = connect(wire)
    for await (const model of client.models.list()) expect(model.id).toBe('gpt-4o-mini')
    await client.batches.list()
    await client.files.list()
    await client.post('/custom', { body: {} })
    await client.models.retrieve('none').catch(() => {})
    await client.chat.completions.create(CHAT)
    const call = await watched.only()
    const [span, ...others] = ended()
    const { traceId, spanId } = span?.spanContext() ?? {}
    const attempts = [{ ...chatCall().attempts[0], requestId: 'req_6' }]
    expect(call).toStrictEqual({ ...chatCall({ attempts }), trace: { traceId, spanId } })
    expect([span?.name, ...others]).toEqual(['chat gpt-4o-mini'])
  })
})
