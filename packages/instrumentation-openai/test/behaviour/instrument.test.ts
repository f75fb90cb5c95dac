import { metrics, trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { instrument } from '../../src/index.ts'
import { CHAT } from '../harmless/scenario.ts'
import { MAJORS } from '../support/majors.ts'
import { meters } from '../support/metrics.ts'
import { spans } from '../support/spans.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const { provider: tracers, ended } = spans()
const { provider: meterProvider, read } = meters()

test('an instrumented client is the same client, and records to providers that are registered later', async () => {
  await using wire = await wireServer(chatCompletion())
  const clients = MAJORS.map(({ openai }) => new openai.OpenAI({ apiKey: 'sk-test', baseURL: wire.url }))
  expect(clients.map((client) => instrument(client))).toEqual(clients)
  for (const client of clients) instrument(client)
  trace.setGlobalTracerProvider(tracers)
  metrics.setGlobalMeterProvider(meterProvider)
  for (const client of clients) await client.chat.completions.create(CHAT)
  expect(ended().map(({ name }) => name)).toEqual(MAJORS.map(() => 'chat gpt-4o-mini'))
  expect(await read('ai.requests')).toMatchObject({ 'gpt-4o-mini chat_completion openai success': MAJORS.length })
})
