import { askPanels, isShipped } from './boards.ts'
import { type Check, ok, problem, skipped } from './check.ts'
import { SHIPPED_BOARDS } from '../generated/boards.ts'
import { parseJson } from './prometheus-api.ts'

/** So many names are read, and not more. */
const MANY = 4

/** Whether Grafana has the boards of this release, by what their panels ask. */
export const boards: Check = {
  id: 'grafana-boards',
  stages: ['pre', 'post'],
  looksAt: 'the five boards, and what their panels ask, against this release; panels of your own are left alone',
  complains: 'one is missing, or a panel is missing or asks something else: the board is of another release',
  run: async (context) => {
    const { http, addresses } = context
    const { status, text } = await http.ask(`${addresses.grafana}/api/search?tag=tokenmeter`)
    if (status === 401 || status === 403) return skipped('it does not show itself without a login')
    const found = (parseJson(text) ?? []) as readonly { readonly uid: string }[]
    const missing = SHIPPED_BOARDS.filter(({ uid }) => !found.some((board) => board.uid === uid))
    if (missing.length > 0) {
      return problem(
        `boards are missing: ${missing.map(({ uid }) => uid).join(', ')}`,
        'Mount collector/grafana/provisioning, and read its log for "provisioning"',
      )
    }
    const old: string[] = []
    for (const { uid, panels } of SHIPPED_BOARDS) {
      const shown = await askPanels(context, uid)
      if (!shown) return skipped(`it has the boards, and does not show what is on ${uid}`)
      const other = panels.filter((panel) => !isShipped(panel, shown))
      if (other.length > 0) old.push(`${uid} (${namesOf(other.map(({ title }) => title))})`)
    }
    return old.length === 0
      ? ok(`${SHIPPED_BOARDS.length} boards, as they are in this release`)
      : problem(
          `boards are not those of this release: ${old.join(', ')}`,
          'Mount collector/grafana/provisioning of the release of this doctor; give a board that you have changed a uid of its own',
        )
  },
}

/** The first of some names, and how many are left out. */
export function namesOf(names: readonly string[]): string {
  const rest = names.length - MANY
  return names.slice(0, MANY).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
