import { AI_ATTRIBUTE, AI_EVENT } from '@tokenmeter/meter'
import { expect, test } from 'vitest'
import { openStore } from './support/open-store.ts'
import { callSpan, exportOf, hexId, jsonAttributes, plainSpan, START } from './support/telemetry.ts'

const TRACE = hexId(32, 1)
const event = {
  name: AI_EVENT.attempt,
  timeUnixNano: `${START}000001`,
  attributes: jsonAttributes({ [AI_ATTRIBUTE.httpStatus]: 429 }),
}
const spans = [
  plainSpan({ name: 'POST /ask' }),
  callSpan({
    spanId: hexId(16, 2),
    parentSpanId: hexId(16, 9),
    start: START + 1,
    status: 'rate_limit',
    cost: 0.25,
    events: [event],
    attributes: { text: 'Grüße 你好', flag: true, half: 0.5 },
  }),
]

test('a trace that is exported and taken again is the same trace', async () => {
  await using first = await openStore()
  await first.take(exportOf(spans))
  const exported = await first.query('exportTrace', TRACE)
  await using second = await openStore()
  const body = new TextEncoder().encode(JSON.stringify(exported))
  await second.take({ signal: 'traces', format: 'json', body })
  expect(await second.query('trace', TRACE)).toEqual(await first.query('trace', TRACE))
  const [, call] = (await first.query('trace', TRACE))?.tree ?? []
  expect(await second.query('body', call?.id ?? 0)).toEqual(await first.query('body', call?.id ?? 0))
  expect(await second.query('exportTrace', TRACE)).toEqual(exported)
})

test('calls are exported by a filter', async () => {
  await using store = await openStore()
  await store.take(exportOf(spans))
  const count = async (filter: string): Promise<number> =>
    JSON.stringify(await store.query('exportCalls', { filter })).split('"spanId"').length - 1
  expect(await count('status:rate_limit')).toBe(1)
  expect(await count('status:success')).toBe(0)
})
