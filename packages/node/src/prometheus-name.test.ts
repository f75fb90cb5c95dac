import { INSTRUMENTS } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { type MetricKind, prometheusName } from './prometheus-name.ts'

type Row = readonly [name: string, unit: string, kind: MetricKind, expected: string]

const kinds = { counter: 'counter', gauge: 'gauge', histogram: 'other' } as const

test.each(Object.values(INSTRUMENTS))('$name is $prometheusName', ({ name, unit, kind, prometheusName: expected }) => {
  expect(prometheusName(name, unit, kinds[kind])).toBe(expected)
})

describe('what github.com/prometheus/otlptranslator 1.0.0 answers', () => {
  const rows: readonly Row[] = [
    ['gen_ai.client.inference.duration', 's', 'other', 'gen_ai_client_inference_duration_seconds'],
    [
      'gen_ai.client.inference.usage.input_tokens',
      '{token}',
      'counter',
      'gen_ai_client_inference_usage_input_tokens_total',
    ],
    ['gen_ai.client.token.usage', '{token}', 'other', 'gen_ai_client_token_usage'],
    ['ai.cost', 'USD', 'counter', 'ai_cost_USD_total'],
    ['ai.cost.usd', '{USD}', 'counter', 'ai_cost_usd_total'],
    ['ai.cost.usd', 'USD', 'counter', 'ai_cost_usd_USD_total'],
    ['ai.budget.used', '1', 'gauge', 'ai_budget_used_ratio'],
    ['ai.price_table.age', 's', 'gauge', 'ai_price_table_age_seconds'],
    ['response.time', 'ms', 'other', 'response_time_milliseconds'],
    ['memory.usage', 'By', 'gauge', 'memory_usage_bytes'],
    ['throughput', 'By/s', 'gauge', 'throughput_bytes_per_second'],
    ['requests', '1/s', 'gauge', 'requests_per_second'],
    ['app.requests', '1/s', 'counter', 'app_requests_per_second_total'],
    ['cpu.seconds.total', 's', 'counter', 'cpu_seconds_total'],
    ['process.cpu.seconds', 's', 'counter', 'process_cpu_seconds_total'],
    ['items', '1', 'counter', 'items_total'],
    ['items', '1', 'other', 'items'],
    ['speed', 'm/{step}', 'gauge', 'speed_meters'],
    ['custom', 'unit@with#special/chars', 'gauge', 'custom_unit_with_special_per_chars'],
    ['custom', 'unit__multiple__underscores', 'gauge', 'custom_unit_multiple_underscores'],
    ['__odd..name-', '', 'gauge', 'odd_name'],
    ['5xx', '', 'counter', '_5xx_total'],
  ]
  test.each(rows)('%s in %j as %s is %s', (name, unit, kind, expected) => {
    expect(prometheusName(name, unit, kind)).toBe(expected)
  })
})
