import { trace } from '@opentelemetry/api'
import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { turns } from '../../../meter/test/support/drain.ts'
import { instrument } from '../../src/index.ts'
import { CHAT } from '../harmless/scenario.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

test('the options of the first instrumented client say what is captured', async () => {
  const { provider, ended } = spans()
  trace.setGlobalTracerProvider(provider)
  await using wire = await wireServer(chatCompletion())
  const client = instrument(new OpenAI({ apiKey: 'sk-test', baseURL: wire.url }), { capture: 'SPAN_ONLY' })
  instrument(client, { capture: 'NO_CONTENT' })
  await client.chat.completions.create(CHAT)
  await turns()
  expect(ended().map(({ attributes }) => attributes['gen_ai.input.messages'])).toEqual([
    '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]',
  ])
})
