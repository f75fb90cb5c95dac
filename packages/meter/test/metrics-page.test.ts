import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { metricsPage, prometheusName } from '../docs/generate.ts'
import { AI_ATTRIBUTE, ATTRIBUTION_LABELS, INSTRUMENTS, profileMetrics, SEMCONV_PROFILES } from '../src/index.ts'

test('docs/metrics.md is what the tables give', () => {
  const file = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8')
  expect(file === metricsPage(), 'run `pnpm generate`').toBe(true)
})

describe('the Prometheus name', () => {
  test.each(Object.values(INSTRUMENTS).map((definition) => [definition.name, definition] as const))(
    'of %s is the translation of its name, kind and unit',
    (_, definition) => {
      expect(prometheusName(definition)).toBe(definition.prometheusName)
    },
  )

  test('needs nothing but seconds and annotations', () => {
    const units = SEMCONV_PROFILES.flatMap(profileMetrics).map(({ unit }) => unit)
    expect(units.filter((unit) => !/^(s|\{\w+\})$/.test(unit))).toEqual([])
  })
})

test('every metric and attribute is on the page', () => {
  const page = metricsPage()
  const names = [
    ...Object.values(INSTRUMENTS).flatMap(({ name, prometheusName: inPrometheus }) => [name, inPrometheus]),
    ...SEMCONV_PROFILES.flatMap(profileMetrics).map(({ name }) => name),
    ...Object.values(AI_ATTRIBUTE),
  ]
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
})

test('examples use names and labels of the tables only', () => {
  const queries = [...metricsPage().matchAll(/```promql\n([\s\S]*?)\n```/g)].map(([, query]) => query ?? '')
  expect(queries.length).toBeGreaterThanOrEqual(5)
  const definitions = new Map(Object.values(INSTRUMENTS).map((definition) => [definition.prometheusName, definition]))
  for (const query of queries) {
    const used = query.match(/\bai_\w+/g) ?? []
    const own = used.map((name) => definitions.get(name.replace(/_bucket$/, '')))
    expect(own, query).not.toContain(undefined)
    const by = query.match(/by \(([^)]*)\)/)?.[1]?.split(', ') ?? []
    const filters = [...query.matchAll(/(\w+)(?:=|!=|=~|!~)"/g)].map(([, label]) => label ?? '')
    const known = new Set<string>([
      'le',
      ...ATTRIBUTION_LABELS,
      ...own.flatMap((definition) => definition?.labels ?? []),
    ])
    expect([...by, ...filters].filter((label) => !known.has(label))).toEqual([])
  }
})
