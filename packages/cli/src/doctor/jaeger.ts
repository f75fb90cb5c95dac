import { ATTRIBUTE, INSTRUMENTS } from '@tokenmeter/meter/names'
import { type Check, type CheckGroup, note, ok, problem, skipped } from './check.ts'
import { applicationsAmong, recentTraces, tracedServices } from './jaeger-api.ts'
import { parseJson } from './prometheus-api.ts'
import { reach } from './reach.ts'
import { waitFor } from './wait.ts'

const TRACES = 20
/** Kinds of storage that are gone with the process. */
const FLEETING = 'memory'

const ready: Check = {
  id: 'jaeger-ready',
  stages: ['pre', 'post', 'production'],
  looksAt: 'whether the API of Jaeger answers',
  complains: 'it does not, or somebody else does',
  run: async ({ http, addresses }) =>
    await reach(
      http,
      `${addresses.jaeger}/api/v3/services`,
      'Start it: docker compose up, or pnpm stack; or say where it is with --jaeger',
      ({ url, status, text }) =>
        // Its type is text/plain, and its body JSON; the page of another server would be neither.
        status === 200 && typeof parseJson(text) === 'object'
          ? ok('its API answers')
          : problem(
              `${url} answers ${status}, not as Jaeger 2 does`,
              'Say where it is with --jaeger; version 1 has no such API',
            ),
    ),
}

const traces: Check = {
  id: 'jaeger-traces',
  stages: ['post', 'production'],
  looksAt: 'whether services that have metrics have traces, too',
  complains: 'one has none',
  run: async (context) => {
    const known = await tracedServices(context)
    const counted = await context.prometheus.query(
      `sum by (service_name) (increase(${INSTRUMENTS.requests.prometheusName}{service_name!=""}[1h])) > 0`,
    )
    const without = counted.map(({ labels }) => labels['service_name'] ?? '').filter((name) => !known.includes(name))
    if (without.length > 0) {
      return problem(
        `${without.join(', ')} ${without.length > 1 ? 'have' : 'has'} metrics and no traces`,
        'See OTEL_TRACES_EXPORTER and OTEL_TRACES_SAMPLER of the application, the sampling of the gateway, and collector-queue',
      )
    }
    const ours = applicationsAmong(known, context)
    return ours.length > 0 ? ok(`traces of ${ours.join(', ')}`) : note('there are no traces of an application yet')
  },
}

const storage: Check = {
  id: 'jaeger-storage',
  stages: ['pre', 'production'],
  looksAt: 'the kind of storage, by the metrics of Jaeger in Prometheus',
  complains: 'traces are in memory, with `--stage production`',
  run: async ({ prometheus, stage }) => {
    const found = await prometheus.query('count by (kind) (jaeger_storage_latency_seconds_count{role="tracestore"})')
    const kinds = found.flatMap(({ labels: { kind } }) => (kind === undefined ? [] : [kind]))
    if (kinds.length === 0)
      return skipped(
        'Jaeger tells the kind of its storage once it was asked for traces, as it is now: look again in a minute',
      )
    return kinds.includes(FLEETING) && stage === 'production'
      ? problem(
          'traces are in memory: they are gone with the process',
          'Keep them on disk or in ClickHouse: docker compose --profile badger up, or "Growing" in docs/operations.md',
        )
      : ok(`traces are kept in ${kinds.join(', ')}`)
  },
}

const names: Check = {
  id: 'jaeger-names',
  stages: ['post'],
  looksAt: 'whether spans of the last hour have the attributes by which Jaeger tells calls of a model',
  complains: 'none has (a note)',
  run: async (context) => {
    const [service] = applicationsAmong(await tracedServices(context), context)
    if (service === undefined) return skipped('there are no traces of an application yet')
    const text = await recentTraces(context, service, TRACES)
    if (text === undefined) return skipped(`${service} has no traces within an hour`)
    return text.includes(`"${ATTRIBUTE.genAiOperationName}"`)
      ? ok(`spans of ${service} are calls that Jaeger recognises`)
      : note(
          `no span of ${service} has ${ATTRIBUTE.genAiOperationName}`,
          'Start the application with --import @tokenmeter/node/register, before anything loads openai',
        )
  },
}

const written: Check = {
  id: 'jaeger-written',
  stages: ['post'],
  looksAt: 'whether the span of collector-written arrives',
  complains: 'it does not, within six times the time-out',
  writes: true,
  run: async ({ http, addresses, runId, patienceMs }) => {
    const found = await waitFor(patienceMs, async () => {
      const { status } = await http.ask(`${addresses.jaeger}/api/v3/traces/${runId}`)
      return status === 200 ? true : undefined
    })
    return found
      ? ok('the span of the doctor arrived')
      : problem(
          'the span of the doctor did not arrive',
          'See collector-queue and the log of the Collector; JAEGER_OTLP_URL of the Collector may be wrong',
        )
  },
}

/** Jaeger, by version 3 of its API. */
export const jaeger: CheckGroup = { name: 'jaeger', checks: [ready, storage, traces, names, written] }
