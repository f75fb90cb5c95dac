import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'
import { ATTRIBUTION_LABELS, INSTRUMENTS } from '@tokenmeter/meter'
import { describe, expect, test } from 'vitest'
import { DATA_SOURCES, JAEGER_UID } from '../grafana/data-sources.ts'
import { DOCTOR_TABLE, doctorTable } from '../grafana/doctor-table.ts'
import { BOARDS, PROVISIONING_FOLDER, provisioningFiles } from '../grafana/files.ts'
import { panelsOf, queriesOf, withoutVariables } from '../grafana/panels.ts'
import { readComposeFile } from '../stack/compose-file.ts'
import { isKnownMetric, labelsOfMetric } from '../rules/metric-names.ts'
import { familiesOf, groupingLabelsOf, selectorsOf } from '../rules/promql.ts'

const boards = BOARDS.map((board) => [board.uid ?? '', board] as const)
const queries = BOARDS.flatMap(queriesOf).map(
  (query) =>
    [`${query.board}: ${query.panel}, ${query.legend || 'value'}`, withoutVariables(query.expr, '6h')] as const,
)
/** Labels of the conventions, of Prometheus, and of the servers, that boards group by. */
const OTHER_LABELS = [
  'le',
  '__name__',
  'instance',
  'service_name',
  'deployment_environment_name',
  'gen_ai_request_model',
  'exporter',
  'data_type',
  'rule_group',
]

test('the committed files are what the generator makes', () => {
  const folders = ['datasources', 'dashboards']
  const committed = folders.flatMap((folder) =>
    readdirSync(join(PROVISIONING_FOLDER, folder)).map((name) => `${folder}/${name}`),
  )
  const texts = committed.map((path) => [path, readFileSync(join(PROVISIONING_FOLDER, path), 'utf8')] as const)
  expect(new Map(texts)).toEqual(provisioningFiles())
})

test('what the doctor knows of the boards is what they are', () => {
  expect(readFileSync(DOCTOR_TABLE, 'utf8')).toBe(doctorTable())
})

test('an expression has data by the metrics that it names, or names by a pattern', () => {
  const expression = 'sum(rate({__name__=~"a(_total)?", b="c"}[5m])) / on () (ai_x{d="e"} - ai_x offset 1d)'
  expect(familiesOf(expression)).toEqual(['{__name__=~"a(_total)?"}', 'ai_x'])
})

test('Grafana finds the boards where the compose file puts them', () => {
  const { volumes } = readComposeFile().services['grafana'] ?? {}
  expect(volumes).toContain('./collector/grafana/provisioning:/etc/grafana/provisioning:ro')
  expect(provisioningFiles().get('dashboards/dashboards.yml')).toContain('path: /etc/grafana/provisioning/dashboards\n')
})

test('a name that is in no table would be noticed', () => {
  expect(['ai_costs_total', 'ai:cost_usd:increase6m', 'gen_ai_client_inference_seconds'].filter(isKnownMetric)).toEqual(
    [],
  )
  expect(labelsOfMetric('ai_cost_total')).not.toContain('token_type')
})

test('five boards answer one question each, and the panels of the guide are among them', () => {
  expect(BOARDS.map(({ title }) => title)).toEqual([
    'AI calls: Overview',
    'AI calls: Cost',
    'AI calls: Latency and streaming',
    'AI calls: Errors and limits',
    'AI calls: Telemetry health',
  ])
  const titles = BOARDS.flatMap(panelsOf).map(({ title }) => title)
  expect(titles).toEqual(expect.arrayContaining(['Cost Overview', 'Token Usage', 'Users by cost', 'Features by cost']))
  expect(titles).toEqual(expect.arrayContaining(['Request types', 'Availability', 'Error budget left']))
})

test('a single call on a diagram leads to its trace: the label of exemplars names Jaeger', () => {
  const [prometheus] = DATA_SOURCES.datasources
  expect(prometheus?.jsonData.exemplarTraceIdDestinations).toEqual([{ name: 'trace_id', datasourceUid: JAEGER_UID }])
  const withExemplars = BOARDS.flatMap(queriesOf).filter(({ exemplar }) => exemplar)
  expect(withExemplars.map(({ panel }) => panel)).toEqual(['Durations of calls', 'Duration with single calls, 95%'])
})

describe.each(boards)('%s', (_uid, board) => {
  const panels = panelsOf(board)

  test('has panels with a title, a description, a unit and the data source that was chosen', () => {
    const chosen = { type: 'prometheus', uid: '${datasource}' }
    for (const panel of panels) {
      expect(panel).toMatchObject({ title: expect.stringMatching(/./), description: expect.stringMatching(/\.$/) })
      expect(panel.fieldConfig?.defaults.unit).toMatch(/./)
      expect([panel.datasource, ...((panel.targets ?? []) as Dataquery[]).map(({ datasource }) => datasource)]).toEqual(
        Array.from({ length: 1 + (panel.targets?.length ?? 0) }, () => chosen),
      )
    }
  })

  test('has numbers and titles that are its own', () => {
    const all = board.panels ?? []
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length)
  })

  test('has room for every panel', () => {
    const cells = (board.panels ?? []).flatMap(({ gridPos }) => {
      const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 }
      expect(x + w).toBeLessThanOrEqual(24)
      return Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)} ${y + Math.floor(cell / w)}`)
    })
    expect(new Set(cells).size).toBe(cells.length)
  })

  test('lets environment, service and model be chosen, all of them at first', () => {
    const { list = [] } = board.templating ?? {}
    expect(list.map(({ name }) => name)).toEqual(['datasource', 'environment', 'service', 'model'])
    for (const { allValue, query } of list.slice(1)) {
      expect(allValue).toBe('.*')
      expect(query).toMatch(/^label_values\(ai_requests_total, \w+\)$/)
    }
  })
})

describe.each(queries)('%s', (_name, expression) => {
  test('is PromQL, and selects what the tables of names have', () => {
    const selectors = selectorsOf(expression)
    const metrics = selectors.flatMap(({ metric }) => metric ?? [])
    expect(metrics.filter((metric) => !isKnownMetric(metric))).toEqual([])
    for (const { metric, matchers } of selectors) {
      const labels = metric === undefined ? undefined : labelsOfMetric(metric)
      if (labels) expect(labels).toEqual(expect.arrayContaining([...matchers]))
    }
  })

  test('groups by labels that exist', () => {
    const known = [
      ...Object.values(INSTRUMENTS).flatMap(({ labels }) => labels),
      ...ATTRIBUTION_LABELS,
      ...OTHER_LABELS,
    ]
    expect(known).toEqual(expect.arrayContaining(groupingLabelsOf(expression)))
  })
})
