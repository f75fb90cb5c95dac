import type * as Pricing from '@tokenmeter/pricing'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { CHAT } from '../harmless/scenario.ts'
import { watchCalls } from '../support/calls.ts'
import { MAJORS } from '../support/majors.ts'
import { chatCompletion } from '../support/wire-answers.ts'
import { wireServer } from '../support/wire-server.ts'

const asked = vi.hoisted((): unknown[] => [])

vi.mock('@tokenmeter/pricing', async (load) => {
  const pricing = await load<typeof Pricing>()
  const createPriceBook: typeof pricing.createPriceBook = (options) => {
    const book = pricing.createPriceBook(options)
    const resolve: typeof book.resolve = (provider, model, ...rest) => {
      asked.push([provider, model])
      return book.resolve(provider, model, ...rest)
    }
    return { ...book, resolve }
  }
  return { ...pricing, createPriceBook }
})

test.each(MAJORS)(
  'with openai $major, prices are read ahead for the first model that is asked for, and for no deployment',
  async ({ connect, connectAzure }) => {
    await using wire = await wireServer(chatCompletion())
    asked.length = 0
    for (const connectTo of [connect, connectAzure]) {
      using watched = watchCalls()
      const client = connectTo(wire)
      await client.chat.completions.create(CHAT)
      await client.chat.completions.create(CHAT)
      await watched.facts(2)
      await nextTurn()
    }
    expect(asked).toEqual([
      ['openai', 'gpt-4o-mini'],
      ['azure.ai.openai', ''],
    ])
  },
)
