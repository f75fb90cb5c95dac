import type { CallEnd, CallRequest, CallResponse, CallStart, Usage } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { genaiPrices } from './genai-prices.ts'
import { createPriceBook } from './price-book.ts'
import type { PriceList, PriceQuery } from './rate-card.ts'

const at = Date.parse('2026-11-24T12:00:00Z')

interface CallParts {
  readonly provider?: string
  readonly request?: Partial<CallRequest>
  readonly response?: CallResponse
  readonly startTime?: number
}

function call({
  provider = 'openai',
  request,
  response,
  startTime = at,
}: CallParts): CallStart & CallEnd & { usage: Usage } {
  return {
    operation: 'chat_completion',
    provider,
    request: { stream: false, parameters: {}, inputIsText: true, outputIsText: true, ...request },
    startTime,
    attempts: [],
    timing: { duration: 1, chunks: 0 },
    outcome: { kind: 'success' },
    usage: { inputTokens: 1000, outputTokens: 500 },
    ...(response && { response }),
  }
}

/** The bundled list, and what it was asked. */
function watchedList(): { list: PriceList; queries: PriceQuery[] } {
  const queries: PriceQuery[] = []
  const find = (query: PriceQuery): ReturnType<PriceList['find']> => {
    queries.push(query)
    return genaiPrices.find(query)
  }
  return { list: { find }, queries }
}

describe('the model that is charged', () => {
  const { price } = createPriceBook()

  test('is the one that the response names', () => {
    const result = price(call({ request: { model: 'gpt-4o' }, response: { model: 'gpt-4o-mini-2024-07-18' } }))
    expect(result.cost?.picoUsd).toBe(450_000_000n)
  })

  test('is the one that was asked for when the response names none', () => {
    expect(price(call({ request: { model: 'gpt-4o-mini' } })).cost?.picoUsd).toBe(450_000_000n)
  })

  test('is unknown when nobody names one', () => {
    expect(price(call({}))).toEqual({ unpriced: 'unknown_model' })
  })
})

describe('on Azure', () => {
  const provider = 'azure.ai.openai'

  test('the model of the response is charged, whatever the deployment is called', () => {
    const { list, queries } = watchedList()
    const request = { model: 'my-o4-mini-replacement', deployment: 'my-o4-mini-replacement' }
    const result = createPriceBook({ lists: [list] }).price(
      call({ provider, request, response: { model: 'gpt-4o-mini-2024-07-18' } }),
    )
    expect(result.cost?.picoUsd).toBe(450_000_000n)
    expect(queries.map(({ model }) => model)).toEqual(['gpt-4o-mini-2024-07-18'])
  })

  test('the name of a deployment is never looked up', () => {
    const { list, queries } = watchedList()
    const result = createPriceBook({ lists: [list] }).price(
      call({ provider, request: { model: 'gpt-4o', deployment: 'gpt-4o' } }),
    )
    expect(result).toEqual({ unpriced: 'unknown_deployment' })
    expect(queries).toEqual([])
  })

  test('nor is it when the operator calls the provider something else', () => {
    const { list, queries } = watchedList()
    const request = { model: 'gpt-4o', deployment: 'gpt-4o' }
    expect(createPriceBook({ lists: [list] }).price(call({ provider: 'openai', request }))).toEqual({
      unpriced: 'unknown_deployment',
    })
    expect(queries).toEqual([])
  })

  test.each(['response', 'compaction', 'response_retrieval'] as const)(
    'nor when the answer to a %s has it where the model should be',
    (operation) => {
      const { list, queries } = watchedList()
      const named = { model: 'gpt-4o', deployment: 'gpt-4o' }
      const asked = call({
        provider,
        request: operation === 'response_retrieval' ? {} : named,
        response: { model: 'gpt-4o' },
      })
      expect(createPriceBook({ lists: [list] }).price({ ...asked, operation })).toEqual({
        unpriced: 'unknown_deployment',
      })
      expect(queries).toEqual([])
      const azure = { deployments: { 'gpt-4o': 'gpt-4o-mini' } }
      createPriceBook({ lists: [list], azure }).price({ ...asked, operation })
      expect(queries.map(({ model }) => model)).toEqual(['gpt-4o-mini'])
    },
  )

  test('a response that names another model than the deployment was made by that one', () => {
    const request = { model: 'mine', deployment: 'mine' }
    const asked = call({ provider, request, response: { model: 'gpt-4o-mini-2024-07-18' } })
    expect(createPriceBook().price({ ...asked, operation: 'response' }).cost?.picoUsd).toBe(450_000_000n)
  })

  test('a deployment that happens to be called like the model that the answer names is no obstacle elsewhere', () => {
    const named = { model: 'gpt-4o-mini', deployment: 'gpt-4o-mini' }
    const { cost } = createPriceBook().price(call({ provider, request: named, response: { model: 'gpt-4o-mini' } }))
    expect(cost?.picoUsd).toBe(450_000_000n)
  })
})

function served(serviceTier: string): CallParts {
  return { response: { model: 'gpt-4o-mini', serviceTier } }
}

describe('the tier that is charged', () => {
  const { price } = createPriceBook()

  test('is the one that the response names', () => {
    expect(price(call(served('default'))).cost?.tier).toBe('standard')
    expect(price(call({ ...served('default'), request: { parameters: { serviceTier: 'flex' } } })).cost?.tier).toBe(
      'standard',
    )
  })

  test.each([
    ['priority', 750_000_000n],
    ['fast', 750_000_000n],
    ['batch', 225_000_000n],
  ])('%s has a price of its own', (tier, picoUsd) => {
    expect(price(call(served(tier))).cost).toMatchObject({ picoUsd, tier })
  })

  test.each(['flex', 'ultrafast', 'scale', 'new'])('%s has no listed price for this model', (tier) => {
    expect(price(call(served(tier)))).toEqual({ unpriced: 'unknown_tier' })
  })

  test('is unknown when another was asked for and the response is silent', () => {
    const request = { model: 'gpt-4o-mini', parameters: { serviceTier: 'priority' } }
    expect(price(call({ request }))).toEqual({ unpriced: 'unknown_tier' })
  })
})

describe('resolve', () => {
  test('takes a date or milliseconds, and is standard by default', () => {
    const book = createPriceBook()
    expect(book.resolve('openai', 'o3', new Date('2025-06-09T23:59:59.999Z')).card?.rates.input).toBe('10')
    expect(book.resolve('openai', 'o3', Date.parse('2025-06-10T00:00:00Z')).card?.rates.input).toBe('2')
    expect(book.resolve('openai', 'o3', at, 'flex').card?.rates.input).toBe('1')
    expect(book.resolve('openai', 'o3', at, 'scale')).toEqual({ unpriced: 'unknown_tier' })
  })

  test('asks the list once for each provider, model, tier and UTC day', () => {
    const { list, queries } = watchedList()
    const book = createPriceBook({ lists: [list] })
    const first = book.resolve('openai', 'gpt-4o', at)
    expect(book.resolve('openai', 'gpt-4o', at + 3_600_000)).toBe(first)
    book.resolve('openai', 'gpt-99', at)
    book.resolve('openai', 'gpt-99', at)
    book.resolve('openai', 'gpt-4o', at + 86_400_000)
    book.resolve('azure', 'gpt-4o', at)
    book.resolve('openai', 'gpt-4o', at, 'flex')
    expect(queries).toHaveLength(5)
  })

  test('forgets the oldest answers when there are too many', () => {
    const { list, queries } = watchedList()
    const book = createPriceBook({ lists: [list] })
    for (let index = 0; index <= 1000; index++) book.resolve('openai', `model-${index}`, at)
    book.resolve('openai', 'model-1000', at)
    expect(queries).toHaveLength(1001)
    book.resolve('openai', 'model-0', at)
    expect(queries).toHaveLength(1002)
  })
})

describe('a price book never throws', () => {
  test('when the list fails, the calls say so and the first problem is remembered', () => {
    const errors = [new Error('first'), new Error('second')]
    const book = createPriceBook({
      lists: [
        {
          find: () => {
            throw errors.shift()
          },
        },
      ],
    })
    expect(book.problem).toBeUndefined()
    expect(book.price(call({ request: { model: 'gpt-4o' } }))).toEqual({ unpriced: 'price_table_unavailable' })
    expect(book.resolve('openai', 'gpt-4o', at)).toEqual({ unpriced: 'price_table_unavailable' })
    expect(book.problem).toEqual(new Error('first'))
  })

  test('when the time of a call is no time', () => {
    const book = createPriceBook()
    const result = book.price(call({ request: { model: 'gpt-4o' }, startTime: Number.NaN }))
    expect(result).toEqual({ unpriced: 'price_table_unavailable' })
    expect(book.problem?.message).toBe('The time of a call must be a valid date, got NaN')
  })
})
