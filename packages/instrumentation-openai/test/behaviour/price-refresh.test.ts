import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const newest = MAJORS.at(-1)!
/** gpt-4o-mini at twice its price. */
const FILE = {
  source: 'the operator',
  date: '2026-11-27',
  prices: [{ provider: 'openai', models: ['gpt-4o-mini'], snapshots: true, rates: { input: '0.3', output: '1.2' } }],
}

test('new prices come while a watch runs, and calls after that cost by them', async () => {
  const server = createServer((_, response) => void response.end(JSON.stringify(FILE)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prices.json`
  await using wire = await wireServer(() => chatCompletion({ usage: { prompt_tokens: 10, completion_tokens: 5 } }))
  using watched = watchCalls({ priceRefresh: { url } })
  const client = newest.connect(wire)
  do await client.chat.completions.create(CHAT)
  while (watched.calls.at(-1)?.cost?.priceSource !== 'the operator')
  expect(watched.calls.at(-1)?.cost?.picoUsd).toBe(10n * 300_000n + 5n * 1_200_000n)
  server.closeAllConnections()
  server.close()
})

const silent = (): void => {}

test('settings of prices that cannot be used are said once, and calls cost what they cost without', async () => {
  await using wire = await wireServer(chatCompletion({ usage: { prompt_tokens: 10, completion_tokens: 5 } }))
  const said: string[] = []
  const warn = (line: string): void => void said.push(line)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
  using watched = watchCalls({
    priceRefresh: { url: 'http://prices.example/?key=secret' },
    currency: { code: 'EURO', rate: '0.92', date: '2026-11-24', source: 'ECB' },
    metricAttribution: ['session' as never],
  })
  diag.disable()
  await newest.connect(wire).chat.completions.create(CHAT)
  expect((await watched.only()).picoUsd).toBe(10n * 150_000n + 5n * 600_000n)
  expect(said).toEqual([
    'tokenmeter: currency.code must be a currency of ISO 4217 such as "EUR", got "EURO"; going on without',
    'tokenmeter: priceRefresh.url must be an address that begins with https://, or with http:// and a host that is this machine; going on without',
    'tokenmeter: metricAttribution: the option is ["session"], but must be a list of feature, tenant, user, prompt, prompt_version, ' +
      'such as feature,tenant, or in code ["feature", "tenant"]; going on without',
  ])
})
