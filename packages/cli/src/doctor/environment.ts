import { CAPTURE_MODES_FORM, CAPTURE_VARIABLE, readCaptureMode } from '@tokenmeter/meter/names'
import { type Check, type CheckGroup, note, ok, problem, skipped } from './check.ts'
import { installed } from './installed.ts'
import { loadOrder } from './load-order.ts'

const MINIMUM_NODE = [22, 15] as const
/** Majors of openai that are tested: see packages/instrumentation-openai. */
const OPENAI_MAJORS = [4, 5, 6, 7]
const PROTOCOLS = ['http/protobuf', 'http/json', 'grpc']
const SIGNAL_ENDPOINTS = ['TRACES', 'METRICS', 'LOGS'].map((signal) => `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)
const ENDPOINTS = ['OTEL_EXPORTER_OTLP_ENDPOINT', ...SIGNAL_ENDPOINTS]
/** Below this an export costs more than what it measures. */
const SHORT_INTERVAL_MS = 1000

const node: Check = {
  id: 'environment-node',
  stages: ['pre'],
  looksAt: 'the version of Node that runs the doctor',
  complains: 'it is older than 22.15',
  run: ({ nodeVersion }) => {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
    const isNew = major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])
    return isNew
      ? ok(`Node ${nodeVersion}`)
      : problem(`Node ${nodeVersion} is older than ${MINIMUM_NODE.join('.')}`, 'Install Node 24')
  },
}

const client: Check = {
  id: 'environment-openai',
  stages: ['pre'],
  looksAt: 'the `openai` that is installed in this folder',
  complains: 'its major version is none of the tested ones',
  run: ({ folder }) => {
    const found = installed('openai', folder)
    if (!found) return skipped('openai is not installed in this folder')
    return OPENAI_MAJORS.includes(Number(found.version.split('.')[0]))
      ? ok(`openai ${found.version}`)
      : problem(
          `openai ${found.version} is none of the versions that are tested: ${OPENAI_MAJORS.join(', ')}`,
          'Install openai 7, or look for a later version of Tokenmeter',
        )
  },
}

const api: Check = {
  id: 'environment-api',
  stages: ['pre'],
  looksAt: 'the copies of `@opentelemetry/api` that the application and Tokenmeter find',
  complains:
    'that of the application is newer: it does not see what an older one has registered; an older one is a note',
  run: ({ folder }) => {
    const ours = installed('@tokenmeter/node', folder)
    if (!ours) return skipped('@tokenmeter/node is not installed in this folder')
    const found = installed('@opentelemetry/api', ours.folder)
    if (!found) return problem('@tokenmeter/node does not find @opentelemetry/api', 'Install @opentelemetry/api')
    const theirs = installed('@opentelemetry/api', folder)
    const newer = theirs ? minorOf(theirs.version) - minorOf(found.version) : 0
    if (!theirs || newer === 0) return ok(`@opentelemetry/api ${found.version}`)
    const line = `the application has @opentelemetry/api ${theirs.version}, Tokenmeter has ${found.version}`
    const cure = 'Make it one copy: npm dedupe, or the same range in package.json'
    return newer > 0 ? problem(line, cure) : note(`${line}; an SDK of your own would not be seen`, cure)
  },
}

const endpoint: Check = {
  id: 'environment-endpoint',
  stages: ['pre'],
  looksAt: '`OTEL_EXPORTER_OTLP_ENDPOINT` and those of the signals',
  complains: 'one is no address, or the one for all has the path of a signal',
  run: ({ env }) => {
    const set = ENDPOINTS.filter((name) => env[name]?.trim())
    for (const name of set) {
      const text = env[name] ?? ''
      if (!URL.canParse(text) || !/^https?:\/\//.test(text)) {
        return problem(`${name} is ${JSON.stringify(text)}, which is no address`, `Write it like http://localhost:4318`)
      }
    }
    const all = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? ''
    const path = /\/v1\/(?:traces|metrics|logs)\/?$/.exec(all)
    if (!path) {
      return ok(set.length > 0 ? `set and an address: ${set.join(', ')}` : 'OTLP goes to http://localhost:4318')
    }
    return problem(
      `OTEL_EXPORTER_OTLP_ENDPOINT ends in ${path[0]}, to which the path of each signal is added once more`,
      `Set it to ${all.slice(0, path.index)}`,
    )
  },
}

const protocol: Check = {
  id: 'environment-protocol',
  stages: ['pre'],
  looksAt: '`OTEL_EXPORTER_OTLP_PROTOCOL`, and whether it fits the port',
  complains: 'it is none, or OTLP over HTTP goes to 4317, or gRPC to 4318',
  run: ({ env }) => {
    const chosen = env['OTEL_EXPORTER_OTLP_PROTOCOL'] || 'http/protobuf'
    if (!PROTOCOLS.includes(chosen)) {
      return problem(
        `OTEL_EXPORTER_OTLP_PROTOCOL is ${JSON.stringify(chosen)}`,
        `Set it to one of ${PROTOCOLS.join(', ')}`,
      )
    }
    const text = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? ''
    const port = URL.canParse(text) ? new URL(text).port : ''
    const [wrong, right] = chosen === 'grpc' ? ['4318', '4317'] : ['4317', '4318']
    if (port !== wrong) return ok(`OTLP by ${chosen}`)
    return problem(
      `OTLP by ${chosen} goes to port ${wrong}, where a Collector takes ${chosen === 'grpc' ? 'HTTP' : 'gRPC'}`,
      `Use port ${right}, or set OTEL_EXPORTER_OTLP_PROTOCOL=${chosen === 'grpc' ? 'http/protobuf' : 'grpc'}`,
    )
  },
}

const signals: Check = {
  id: 'environment-signals',
  stages: ['pre'],
  looksAt:
    '`OTEL_SDK_DISABLED`, `OTEL_{TRACES,METRICS}_EXPORTER` and `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`',
  complains: 'the SDK is off, a signal goes nowhere, or metrics are deltas',
  run: ({ env }) => {
    if (env['OTEL_SDK_DISABLED'] === 'true') {
      return problem('OTEL_SDK_DISABLED is true: there is no telemetry', 'Unset it')
    }
    const nowhere = ['OTEL_METRICS_EXPORTER', 'OTEL_TRACES_EXPORTER'].find((name) => env[name] === 'none')
    if (nowhere) {
      return problem(
        `${nowhere} is none: ${nowhere.includes('METRICS') ? 'metrics' : 'traces'} go nowhere`,
        `Unset ${nowhere}`,
      )
    }
    if (env['OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE']?.toLowerCase() === 'delta') {
      return note(
        'metrics are sent as deltas, of which Prometheus loses those that arrive late',
        'Unset OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE',
      )
    }
    return ok('traces and metrics are on')
  },
}

const service: Check = {
  id: 'environment-service',
  stages: ['pre', 'production'],
  looksAt: '`OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`',
  complains: 'the service has no name, or in production no environment (a note)',
  run: ({ env, stage }) => {
    const attributes = env['OTEL_RESOURCE_ATTRIBUTES'] ?? ''
    if (!env['OTEL_SERVICE_NAME'] && !/\bservice\.name=/.test(attributes)) {
      return note(
        'no OTEL_SERVICE_NAME here: the service is called by package.json, or not at all',
        'Set OTEL_SERVICE_NAME',
      )
    }
    if (stage === 'production' && !/\bdeployment\.environment\.name=/.test(attributes)) {
      return note(
        'the service does not say in which environment it runs',
        'Set OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=production',
      )
    }
    return ok('the service has a name')
  },
}

const content: Check = {
  id: 'environment-content',
  stages: ['pre', 'production'],
  looksAt: `\`${CAPTURE_VARIABLE}\` and \`TOKENMETER_SCRUB\``,
  complains:
    'the mode is none; telemetry leaves unscrubbed where `NODE_ENV` is `production`, or at that stage; messages are recorded there (a note)',
  run: ({ env, stage }) => {
    const text = env[CAPTURE_VARIABLE] || 'NO_CONTENT'
    const mode = readCaptureMode(text)
    if (!mode) {
      return problem(
        `${CAPTURE_VARIABLE} is ${JSON.stringify(text)}: nothing is recorded`,
        `Set it to one of ${CAPTURE_MODES_FORM}`,
      )
    }
    const isProduction = env['NODE_ENV'] === 'production' || stage === 'production'
    if (isProduction && env['TOKENMETER_SCRUB']?.toLowerCase() === 'off') {
      return problem(
        'telemetry leaves without being scrubbed of personal data and secrets, in production',
        'Unset TOKENMETER_SCRUB',
      )
    }
    if (mode === 'NO_CONTENT') return ok('messages are not recorded')
    return isProduction
      ? note(
          'messages of users are recorded in production, scrubbed',
          `Unset ${CAPTURE_VARIABLE}, or know who may read traces and for how long they are kept`,
        )
      : ok('messages are recorded, scrubbed')
  },
}

const overhead: Check = {
  id: 'environment-overhead',
  stages: ['production'],
  looksAt: 'settings that cost time: `OTEL_LOG_LEVEL`, `OTEL_METRIC_EXPORT_INTERVAL`, `TOKENMETER_ESTIMATES`',
  complains: 'one of them makes telemetry slower than it is by default',
  run: ({ env }) => {
    const level = env['OTEL_LOG_LEVEL']?.toLowerCase() ?? ''
    if (['debug', 'verbose', 'all'].includes(level)) {
      return problem(`OTEL_LOG_LEVEL is ${level}: every export is written about`, 'Unset OTEL_LOG_LEVEL')
    }
    const interval = Number(env['OTEL_METRIC_EXPORT_INTERVAL'] || 60_000)
    if (interval < SHORT_INTERVAL_MS) {
      return problem(`metrics are exported every ${interval} ms`, 'Set OTEL_METRIC_EXPORT_INTERVAL to 10000 or more')
    }
    return env['TOKENMETER_ESTIMATES'] === 'gpt-tokenizer'
      ? note(
          'tokens of streams without usage are counted by gpt-tokenizer, which takes 65 MB',
          'Leave TOKENMETER_ESTIMATES at characters',
        )
      : ok('no setting makes telemetry slow')
  },
}

/** What the doctor can see of the process of the application: run it in the same folder, with the same variables. */
export const environment: CheckGroup = {
  name: 'environment',
  checks: [node, client, api, loadOrder, endpoint, protocol, signals, service, content, overhead],
}

const minorOf = (version: string): number => Number(version.split('.')[1])
