import type * as Pricing from '@tokenmeter/pricing'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { expect, test, vi } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

vi.mock('@tokenmeter/pricing', async (load) => {
  const pricing = await load<typeof Pricing>()
  const broken = {
    find(): never {
      throw new Error('the list is not there')
    },
  }
  return { ...pricing, createPriceBook: () => pricing.createPriceBook({ lists: [broken] }) }
})

const silent = (): void => {}

test('a price list that fails costs the cost and one line, and no call', async () => {
  await using wire = await wireServer(chatCompletion())
  const said: string[] = []
  const warn = (line: string): void => void said.push(line)
  diag.setLogger({ verbose: silent, debug: silent, info: silent, error: silent, warn }, DiagLogLevel.WARN)
  using watched = watchCalls()
  const client = MAJORS.at(-1)!.connect(wire)
  for (let call = 0; call < 2; call++) await client.chat.completions.create(CHAT)
  const facts = await watched.facts(2)
  diag.disable()
  expect(facts.map(({ picoUsd, unpriced }) => [picoUsd, unpriced])).toEqual([
    [undefined, 'price_table_unavailable'],
    [undefined, 'price_table_unavailable'],
  ])
  expect(said).toEqual(['tokenmeter: a price list cannot be used, so that a call has no cost: the list is not there'])
})
