import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard'
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus'

/** One expression of a board, and where it is. */
export interface PlacedQuery {
  readonly board: string
  readonly panel: string
  readonly legend: string
  readonly expr: string
  readonly exemplar: boolean
}

/** The panels of a board, in their order, without the titles of rows. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== 'row')
}

/** Every expression of a board. */
export function queriesOf(board: Dashboard): PlacedQuery[] {
  return panelsOf(board).flatMap(({ title = '', targets = [] }) =>
    (targets as Dataquery[]).map(({ expr, legendFormat = '', exemplar = false }) => ({
      board: board.uid ?? '',
      panel: title,
      legend: legendFormat,
      expr,
      exemplar,
    })),
  )
}

/** An expression as Grafana asks it with "All" chosen everywhere. */
export function withoutVariables(expression: string, range: string): string {
  return expression
    .replaceAll('$__range', range)
    .replaceAll('$__rate_interval', '5m')
    .replaceAll(/\$(?:environment|service|model)\b/g, '.*')
}
