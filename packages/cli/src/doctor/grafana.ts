import { type Check, type CheckGroup, ok, problem, skipped } from './check.ts'
import { boards } from './grafana-boards.ts'
import { panels } from './grafana-panels.ts'
import { parseJson } from './prometheus-api.ts'
import { reach } from './reach.ts'

const PROMETHEUS = 'prometheus'
const JAEGER = 'jaeger'
const SOURCES = [PROMETHEUS, JAEGER]
const DEFAULT_LOGIN = `Basic ${btoa('admin:admin')}`

const health: Check = {
  id: 'grafana-health',
  stages: ['pre', 'post', 'production'],
  looksAt: 'the health of Grafana',
  complains: 'it does not answer, or its database is not well',
  run: async ({ http, addresses }) =>
    await reach(
      http,
      `${addresses.grafana}/api/health`,
      'Start it: docker compose up; say where it is with --grafana; or leave it out: --without grafana',
      ({ url, status, text }) => {
        const body = parseJson(text) as { readonly database?: string; readonly version?: string } | undefined
        return status === 200 && body?.database === 'ok'
          ? ok(`Grafana ${body.version ?? ''}`.trim())
          : problem(
              `${url} answers ${status}, not as a healthy Grafana does`,
              'Read its log, or say where it is with --grafana',
            )
      },
    ),
}

const sources: Check = {
  id: 'grafana-sources',
  stages: ['pre', 'post', 'production'],
  looksAt: 'its data sources `prometheus` and `jaeger`',
  complains: 'one is missing, or cannot be reached from Grafana',
  run: async ({ http, addresses }) => {
    for (const uid of SOURCES) {
      const { status, text } = await http.ask(`${addresses.grafana}/api/datasources/uid/${uid}/health`)
      if (status === 401 || status === 403) return skipped('it does not show itself without a login')
      const { message = '' } = (parseJson(text) ?? {}) as { readonly message?: string }
      if (status === 404) {
        return problem(
          `it has no data source ${uid}`,
          'Mount collector/grafana/provisioning, and read its log for "provisioning"',
        )
      }
      if (status !== 200) {
        return problem(
          `its data source ${uid} does not work: ${message || status}`,
          'Its url must hold inside the network of the containers, where localhost is Grafana itself',
        )
      }
    }
    return ok('its data sources work')
  },
}

interface FrontendSettings {
  readonly datasources?: Readonly<
    Record<
      string,
      {
        readonly uid?: string
        readonly jsonData?: { readonly exemplarTraceIdDestinations?: readonly { readonly datasourceUid?: string }[] }
      }
    >
  >
}

const exemplars: Check = {
  id: 'grafana-exemplars',
  stages: ['pre', 'post'],
  looksAt: 'whether the data source `prometheus` leads from an exemplar, a point in a diagram, to its trace',
  complains: 'it does not, or to another data source than `jaeger`',
  run: async ({ http, addresses }) => {
    // What every visitor is told: the data source itself is shown to administrators only.
    const { status, text } = await http.ask(`${addresses.grafana}/api/frontend/settings`)
    if (status === 401 || status === 403) return skipped('it does not show itself without a login')
    const { datasources = {} } = (parseJson(text) ?? {}) as FrontendSettings
    const source = Object.values(datasources).find(({ uid }) => uid === PROMETHEUS)
    if (!source) return skipped(`it has no data source ${PROMETHEUS}`)
    const uids = (source.jsonData?.exemplarTraceIdDestinations ?? []).map(({ datasourceUid }) => datasourceUid)
    return uids.includes(JAEGER)
      ? ok('exemplars lead to traces')
      : problem(
          `exemplars of the data source ${PROMETHEUS} lead to ${uids.join(', ') || 'no trace'}`,
          `Give it exemplarTraceIdDestinations: [{ name: trace_id, datasourceUid: ${JAEGER} }], as collector/grafana/provisioning has it`,
        )
  },
}

const login: Check = {
  id: 'grafana-login',
  stages: ['production'],
  looksAt: 'whether `admin` with the password `admin` is let in, by one try',
  complains: 'it is',
  run: async ({ http, addresses }) => {
    const headers = { authorization: DEFAULT_LOGIN }
    const { status } = await http.ask(`${addresses.grafana}/api/user`, { headers })
    return status === 200
      ? problem('admin is let in with the password admin', 'Change it: grafana cli admin reset-admin-password')
      : ok('the password of admin is not admin')
  },
}

/** Grafana, as a viewer without a login sees it. */
export const grafana: CheckGroup = { name: 'grafana', checks: [health, sources, exemplars, boards, panels, login] }
