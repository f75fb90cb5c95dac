import { describe, expect, test } from 'vitest'
import { CHAT, CHAT_STREAM } from '../harmless/scenario.ts'
import { type CallFacts, chatCall, served, STREAMED_REQUEST, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { readAll, readAndBreak } from '../support/streams.ts'
import { chatCompletion, chatStream, CHAT_USAGE, rateLimited, sse } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const ASKED = { ...CHAT, model: 'my-deployment' }

const NAMED = { model: 'my-deployment', deployment: 'my-deployment', apiVersion: '2024-10-21' }

function azureCall(facts: Partial<CallFacts> = {}): CallFacts {
  const request = { ...chatCall().request, ...NAMED }
  return chatCall({ provider: 'azure.ai.openai', request, ...facts })
}

describe.each(MAJORS)('an Azure call with openai $major', ({ connectAzure }) => {
  test('tells the deployment that was asked, and is priced by the model that answered', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await connectAzure(wire).chat.completions.create(ASKED)
    expect(wire.requests[0]?.path).toContain('/openai/deployments/my-deployment/chat/completions')
    expect(await watched.only()).toStrictEqual(azureCall())
  })

  test('has no cost when nobody knows the model behind the deployment', async () => {
    await using wire = await wireServer(chatCompletion({ model: undefined }))
    using watched = watchCalls()
    await connectAzure(wire).chat.completions.create({ ...ASKED, model: 'gpt-4o' })
    const { unpriced, picoUsd, request } = await watched.only()
    expect(request).toMatchObject({ model: 'gpt-4o', deployment: 'gpt-4o' })
    expect({ unpriced, picoUsd }).toEqual({ unpriced: 'unknown_deployment' })
  })

  test('of a client that is bound to a deployment names both', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await connectAzure(wire, { deployment: 'bound' }).chat.completions.create(CHAT)
    const request = { ...chatCall().request, ...NAMED, model: CHAT.model, deployment: 'bound' }
    expect(await watched.only()).toStrictEqual(azureCall({ request }))
  })

  test('of a client that is bound to a deployment may leave the model empty', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await connectAzure(wire, { deployment: 'bound' }).chat.completions.create({ ...CHAT, model: '' })
    const request = { ...chatCall().request, ...NAMED, model: 'bound', deployment: 'bound' }
    expect(await watched.only()).toStrictEqual(azureCall({ request }))
  })

  test('is one call when it is retried, although the client rewrites its path', async () => {
    await using wire = await wireServer([rateLimited(), chatCompletion()])
    using watched = watchCalls()
    await connectAzure(wire, { maxRetries: 1 }).chat.completions.create(ASKED)
    const { attempts, ...rest } = await watched.only()
    expect(attempts.map(({ status }) => status)).toEqual([429, 200])
    expect({ ...rest, attempts: [served()] }).toStrictEqual(azureCall())
  })
})

/** What Azure sends before the first chunk of the model: what its content filter says of the prompt. */
const FILTER_RESULTS = sse({ id: '', model: '', choices: [], prompt_filter_results: [{ prompt_index: 0 }] })

describe.each(MAJORS)('an Azure stream with openai $major', ({ connectAzure }) => {
  test('has the usage and the model of its last chunk', async () => {
    const { pieces = [], ...rest } = chatStream(['Hello', ', world'], { usage: CHAT_USAGE })
    await using wire = await wireServer({ ...rest, pieces: [FILTER_RESULTS, ...pieces] })
    using watched = watchCalls()
    await readAll(await connectAzure(wire).chat.completions.create({ ...ASKED, stream: true }))
    const request = { ...STREAMED_REQUEST, ...NAMED }
    expect(await watched.only()).toStrictEqual(azureCall({ request, chunks: 4 }))
  })

  test('knows the model although the first chunk names none', async () => {
    const { pieces = [], ...rest } = chatStream(['Hello', ', world'])
    await using wire = await wireServer({ ...rest, pieces: [FILTER_RESULTS, ...pieces] })
    using watched = watchCalls()
    await readAndBreak(await connectAzure(wire).chat.completions.create(CHAT_STREAM), 3)
    expect((await watched.only()).response).toStrictEqual({ ...chatCall().response, finishReasons: ['error'] })
  })
})
