import type { Builder } from '@grafana/grafana-foundation-sdk/cog'
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge'
import * as common from '@grafana/grafana-foundation-sdk/common'
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard'
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap'
import * as prometheus from '@grafana/grafana-foundation-sdk/prometheus'
import * as stat from '@grafana/grafana-foundation-sdk/stat'
import * as table from '@grafana/grafana-foundation-sdk/table'
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries'
import { INSTRUMENTS } from '@tokenmeter/meter'

/** Width of a board, in the units of panels. */
const COLUMNS = 24
const STAT_HEIGHT = 4
const DIAGRAM_HEIGHT = 8

/** One expression of a panel. */
export interface Query {
  readonly expr: string
  /** `{{label}}` is replaced by the value of a label. */
  readonly legend?: string
  /** Show single measurements as points, each of which leads to its trace. */
  readonly exemplar?: true
}

/** What all kinds of panels have. */
export interface PanelOptions {
  readonly title: string
  /** What the numbers are, and what makes them differ from what one may think. */
  readonly description: string
  /** Unit by Grafana's name: `currencyUSD`, `percentunit`, `s`, `reqps`, `short` … */
  readonly unit: string
  /** Of 24 columns. Default 8. */
  readonly width?: number
  /** A time range of its own, such as `30d` or `now/d`. */
  readonly timeFrom?: string
}

/** A row of panels under a title. */
interface Row {
  readonly title: string
  readonly panels: readonly Builder<dashboard.Panel>[]
}

/** A whole board. */
export interface Board {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly rows: readonly Row[]
}

type AnyPanel<Self> = {
  title(title: string): Self
  description(description: string): Self
  datasource(source: common.DataSourceRef): Self
  unit(unit: string): Self
  span(columns: number): Self
  height(height: number): Self
  timeFrom(timeFrom: string): Self
  withTarget(target: Builder<prometheus.Dataquery>): Self
}

const SOURCE: common.DataSourceRef = { type: 'prometheus', uid: '${datasource}' }

/** One number, with its course behind it. */
export function number(options: PanelOptions, ...queries: readonly Query[]): stat.PanelBuilder {
  const panel = frame(new stat.PanelBuilder(), { width: 6, ...options }, STAT_HEIGHT)
  return withQueries(panel, queries, (query) => query.range()).reduceOptions(lastValue())
}

/** One number about the whole time range. */
export function amount(options: PanelOptions, ...queries: readonly Query[]): stat.PanelBuilder {
  const panel = frame(new stat.PanelBuilder(), { width: 6, ...options }, STAT_HEIGHT)
  return withQueries(panel, queries, (query) => query.instant())
    .reduceOptions(lastValue())
    .graphMode(common.BigValueGraphMode.None)
}

/** Lines over time. */
export function lines(options: PanelOptions, ...queries: readonly Query[]): timeseries.PanelBuilder {
  const panel = frame(new timeseries.PanelBuilder(), options, DIAGRAM_HEIGHT)
  return withQueries(panel, queries, (query) => query.range())
    .min(0)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
}

/** A bar for each, the longest first. */
export function bars(options: PanelOptions, ...queries: readonly Query[]): bargauge.PanelBuilder {
  const panel = frame(new bargauge.PanelBuilder(), options, DIAGRAM_HEIGHT)
  return withQueries(panel, queries, (query) => query.instant())
    .orientation(common.VizOrientation.Horizontal)
    .displayMode(common.BarGaugeDisplayMode.Gradient)
    .min(0)
    .reduceOptions(lastValue())
}

/** Labels and values as they are now. */
export function list(options: PanelOptions, ...queries: readonly Query[]): table.PanelBuilder {
  const panel = frame(new table.PanelBuilder(), options, DIAGRAM_HEIGHT)
  return withQueries(panel, queries, (query) =>
    query.instant().format(prometheus.PromQueryFormat.Table),
  ).withTransformation({ id: 'organize', options: { excludeByName: { Time: true } } })
}

/** How many measurements are in each bucket of a histogram, over time. */
export function distribution(options: PanelOptions, query: Query): heatmap.PanelBuilder {
  const panel = frame(new heatmap.PanelBuilder(), options, DIAGRAM_HEIGHT)
  return withQueries(panel, [query], (target) => target.range().format(prometheus.PromQueryFormat.Heatmap)).yAxis(
    new heatmap.YAxisConfigBuilder().unit(options.unit),
  )
}

function frame<Panel extends AnyPanel<Panel>>(panel: Panel, options: PanelOptions, height: number): Panel {
  const { title, description, unit, width = COLUMNS / 3, timeFrom } = options
  const framed = panel.title(title).description(description).datasource(SOURCE).unit(unit).span(width).height(height)
  return timeFrom === undefined ? framed : framed.timeFrom(timeFrom)
}

function withQueries<Panel extends AnyPanel<Panel>>(
  panel: Panel,
  queries: readonly Query[],
  asked: (query: prometheus.DataqueryBuilder) => prometheus.DataqueryBuilder,
): Panel {
  for (const [index, { expr, legend = '', exemplar }] of queries.entries()) {
    const query = asked(new prometheus.DataqueryBuilder().datasource(SOURCE).expr(expr).legendFormat(legend))
    panel.withTarget(query.refId(String.fromCodePoint(65 + index)).exemplar(exemplar ?? false))
  }
  return panel
}

function lastValue(): common.ReduceDataOptionsBuilder {
  return new common.ReduceDataOptionsBuilder().calcs(['lastNotNull'])
}

/** The board as Grafana reads it from a file. */
export function buildBoard({ uid, title, description, rows }: Board): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags(['tokenmeter'])
    .readonly()
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .link(
      new dashboard.DashboardLinkBuilder('Tokenmeter')
        .type(dashboard.DashboardLinkType.Dashboards)
        .tags(['tokenmeter'])
        .asDropdown(true)
        .keepTime(true)
        .includeVars(true),
    )
    .withVariable(new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(variable('environment', 'Environment', 'deployment_environment_name'))
    .withVariable(variable('service', 'Service', 'service_name'))
    .withVariable(variable('model', 'Model', 'model'))
  for (const row of rows) {
    builder.withRow(new dashboard.RowBuilder(row.title))
    for (const panel of row.panels) builder.withPanel(panel)
  }
  return withNumbers(builder.build())
}

/** Links to a panel name it by its number, which must be there, and unlike every other. */
function withNumbers(board: dashboard.Dashboard): dashboard.Dashboard {
  for (const [index, panel] of (board.panels ?? []).entries()) panel.id = index + 1
  return board
}

/** What may be chosen of a label. "All" matches those who have no such label, too. */
function variable(name: string, label: string, metricLabel: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(SOURCE)
    .query(`label_values(${INSTRUMENTS.requests.prometheusName}, ${metricLabel})`)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: 'All', value: '$__all' })
}
