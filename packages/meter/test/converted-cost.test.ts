import { afterEach, expect, test } from 'vitest'
import { withAI } from '../src/index.ts'
import { chatStart, flatPrice, priceInFrancs, succeeded } from './support/calls.ts'
import { CHAT, only, pointsAfter } from './support/series.ts'
import { forgetGlobals, Telemetry } from './support/telemetry.ts'

afterEach(forgetGlobals)

test('a cost in a currency of the settings is on the span beside the one in USD, with its rate', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder({ price: priceInFrancs }).start(chatStart()).end(succeeded())
  expect(telemetry.spans[0]?.attributes).toMatchObject({
    'ai.cost': 0.00015,
    'ai.converted_cost': 0.000135,
    'ai.currency.code': 'CHF',
    'ai.currency.rate': '0.9',
    'ai.currency.date': '2026-11-01',
    'ai.currency.source': 'SNB',
  })
})

test('it is a counter beside the one in USD', async () => {
  const points = await pointsAfter([[chatStart(), succeeded()]], { price: priceInFrancs })
  expect(only(points, 'ai.converted_cost')).toEqual({
    [`ai.converted_cost currency=CHF ${CHAT} provider=openai`]: 0.000135,
  })
  expect(points[`ai.cost ${CHAT} provider=openai`]).toBe(0.00015)
})

test('a scope adds it up', async () => {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ price: priceInFrancs })
  withAI({}, (scope) => {
    expect(scope.totals).not.toHaveProperty('converted')
    recorder.start(chatStart()).end(succeeded())
    recorder.start(chatStart()).end(succeeded())
    expect(scope.totals).toMatchObject({ usd: '0.0003', converted: { currency: 'CHF', amount: '0.00027' } })
  })
})

test('without a currency there is none of it', async () => {
  await using telemetry = new Telemetry()
  telemetry.recorder({ price: flatPrice }).start(chatStart()).end(succeeded())
  expect(Object.keys(telemetry.spans[0]?.attributes ?? {}).filter((name) => /currency|converted/.test(name))).toEqual(
    [],
  )
  expect(only(await telemetry.points(), 'ai.converted_cost')).toEqual({})
})
