import { afterEach, expect, test } from 'vitest'
import type { CallEnd, CallStart } from '../src/index.ts'
import { chatStart, chatWith, failed, succeeded } from './support/calls.ts'
import { CHAT, only, pointsAfter } from './support/series.ts'
import { forgetGlobals } from './support/telemetry.ts'

afterEach(forgetGlobals)

test('models beyond maxLabelValues are `other`, in every metric', async () => {
  const { response: _, ...end } = succeeded()
  const calls = ['a', 'b', 'c', 'd', 'a'].map((model) => [chatWith(model), end] as [CallStart, CallEnd])
  const points = await pointsAfter(calls, { maxLabelValues: 2 })
  const models = (prefix: string): string[] => [
    ...new Set(
      Object.keys(only(points, prefix)).map((name) => /(?:^| )(?:gen_ai\.request\.)?model=(\S+)/.exec(name)?.[1] ?? ''),
    ),
  ]
  expect(points['ai.requests model=a operation=chat_completion provider=openai status=success']).toBe(2)
  expect(points['ai.requests model=other operation=chat_completion provider=openai status=success']).toBe(2)
  expect(models('ai.cost ')).toEqual(['a', 'b', 'other'])
  expect(models('ai.tokens ')).toEqual(['a', 'b', 'other'])
  expect(models('gen_ai.client.inference.duration')).toEqual(['a', 'b', 'other'])
  expect(
    points[
      'gen_ai.client.inference.usage.input_tokens gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=other gen_ai.token.modality=text server.address=api.openai.com server.port=443'
    ],
  ).toBe(200)
})

test('error types beyond it are `other`', async () => {
  const calls = ['e1', 'e2', 'e3', 'e4'].map((type) => [chatStart(), failed(400, type)] as [CallStart, CallEnd])
  const points = await pointsAfter(calls, { maxLabelValues: 2 })
  expect(only(points, 'ai.errors ')).toEqual({
    [`ai.errors error_type=e1 ${CHAT} provider=openai`]: 1,
    [`ai.errors error_type=e2 ${CHAT} provider=openai`]: 1,
    [`ai.errors error_type=other ${CHAT} provider=openai`]: 2,
  })
  expect(Object.keys(only(points, 'gen_ai.client.inference.duration')).filter((name) => name.includes('=e3'))).toEqual(
    [],
  )
})

test('servers beyond it are left out of the gen_ai metrics, and tiers are `other`', async () => {
  const calls = ['a', 'b', 'c', 'd'].map((name): [CallStart, CallEnd] => [
    { ...chatStart(), server: { address: `${name}.example.com`, port: 443 } },
    succeeded({ response: { serviceTier: `tier-${name}` } }),
  ])
  const points = await pointsAfter(calls, { maxLabelValues: 2 })
  expect(
    Object.keys(only(points, 'gen_ai.client.inference.operation.input_tokens')).map((name) => [
      /server\.address=(\S+)/.exec(name)?.[1],
      /service_tier=(\S+)/.exec(name)?.[1],
    ]),
  ).toEqual([
    ['a.example.com', 'tier-a'],
    ['b.example.com', 'tier-b'],
    [undefined, 'other'],
  ])
})
