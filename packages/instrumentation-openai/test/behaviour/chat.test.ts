import { describe, expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { chatCall, watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

describe.each(MAJORS)('a chat completion with openai $major', ({ connect }) => {
  test('is one call with everything the provider said', async () => {
    await using wire = await wireServer(chatCompletion())
    using watched = watchCalls()
    await connect(wire).chat.completions.create(CHAT)
    expect(await watched.only()).toStrictEqual(chatCall())
    expect(watched.calls[0]?.server?.port).toBe(wire.port)
  })
})
