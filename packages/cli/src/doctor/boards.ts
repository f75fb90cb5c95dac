import { createHash } from 'node:crypto'
import type { Context } from './context.ts'
import { parseJson } from './prometheus-api.ts'

/** An expression of a release: its fingerprint, and selectors of the metrics without which it has no data. */
type ShippedQuery = readonly [fingerprint: string, ...families: readonly string[]]

/** A panel of a release. */
export interface ShippedPanel {
  readonly title: string
  readonly queries: readonly ShippedQuery[]
}

/** A board of a release; made by `pnpm dashboards`. */
export interface ShippedBoard {
  readonly uid: string
  readonly panels: readonly ShippedPanel[]
}

/** A panel that Grafana has. */
export interface Panel {
  readonly title: string
  readonly expressions: readonly string[]
}

interface PanelJson {
  readonly title?: string
  readonly targets?: readonly { readonly expr?: string }[]
  /** Those of a row that is closed. */
  readonly panels?: readonly PanelJson[]
}

/** What a board shows; `undefined` where Grafana does not tell. */
export async function askPanels({ http, addresses }: Context, uid: string): Promise<Panel[] | undefined> {
  const { status, text } = await http.ask(`${addresses.grafana}/api/dashboards/uid/${uid}`)
  const body = parseJson(text) as { readonly dashboard?: { readonly panels?: readonly PanelJson[] } } | undefined
  return status === 200 && body?.dashboard ? panelsIn(body.dashboard.panels ?? []) : undefined
}

function panelsIn(panels: readonly PanelJson[]): Panel[] {
  return panels.flatMap(({ title = '', targets = [], panels: inside = [] }) => [
    { title, expressions: targets.flatMap(({ expr }) => (expr ? [expr] : [])) },
    ...panelsIn(inside),
  ])
}

/** Twelve digits of a SHA-256, as `pnpm dashboards` writes them. */
export function fingerprint(expression: string): string {
  return createHash('sha256').update(expression).digest('hex').slice(0, 12)
}

/** Whether a panel asks what it asks in this release; others beside it are nobody's business. */
export function isShipped({ title, queries }: ShippedPanel, panels: readonly Panel[]): boolean {
  const wanted = queries.map(([print]) => print).join()
  return panels.some((panel) => panel.title === title && panel.expressions.map(fingerprint).join() === wanted)
}
