import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cli } from '../support/run-cli.ts'
import { type StandIns, startStandIns } from './stand-ins.ts'

const OTELCOL = fileURLToPath(new URL('../../../../collector/otelcol.yaml', import.meta.url))

let standIns: StandIns

beforeEach(async () => {
  standIns = await startStandIns()
  vi.stubEnv('OTEL_SERVICE_NAME', 'desk')
  // At the turn of a month there is a note elsewhere.
  vi.stubEnv('TZ', 'UTC')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await standIns[Symbol.asyncDispose]()
})

const doctor = async (...args: readonly string[]) => {
  const addresses = Object.entries(standIns.urls).flatMap(([name, url]) => [`--${name}`, url])
  return await cli(['doctor', ...addresses, '--collector-config', OTELCOL, ...args])
}

test('where all is well, it ends with 0, and each check is one line', async () => {
  const { code, stdout, stderr } = await doctor('--without', 'environment')
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('collector\n  ✓ collector-health: it is up\n  ✓ collector-version: ')
  expect(stdout.endsWith('\nNo problem; 44 ok.\n')).toBe(true)
})

test('a problem comes with a cure and a link, and ends with 1', async () => {
  await standIns.stop('jaeger')
  const { code, stdout } = await doctor('--without', 'environment, prices, clocks')
  const link = 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/doctor.md#jaeger-ready'
  expect(stdout).toContain(`  ✗ jaeger-ready: ${standIns.urls.jaeger} refuses the connection: nobody listens there
      Start it: docker compose up, or pnpm stack; or say where it is with --jaeger.
      ${link}
`)
  expect(stdout.endsWith('\n1 problem; 33 ok, 2 that could not be told.\n')).toBe(true)
  expect(code).toBe(1)
})

test('--json is everything as one object', async () => {
  standIns.answers.collector['/'] = { status: 503 }
  const { code, stdout } = await doctor('--json', '--stage', 'pre', '--without', 'environment')
  const found = JSON.parse(stdout) as { readonly ok: boolean; readonly checks: readonly { readonly id: string }[] }
  expect({ code, ok: found.ok }).toEqual({ code: 1, ok: false })
  expect(found.checks[0]).toEqual({
    id: 'collector-health',
    group: 'collector',
    result: 'problem',
    line: `${standIns.urls.collector} answers 503: it is starting, or stopping`,
    cure: 'Read its log: docker compose logs otel-collector',
    link: 'https://github.com/tokenmeter/tokenmeter/blob/main/docs/doctor.md#collector-health',
  })
})

test.each([
  ['pre', ['collector-health', 'prometheus-otlp', 'prometheus-rules', 'grafana-boards', 'prices-age', 'clocks-skew']],
  ['post', ['application-metrics', 'collector-failed', 'prometheus-calls', 'jaeger-names', 'prices-cost']],
  ['production', ['environment-overhead', 'prometheus-retention', 'alertmanager-delivery', 'grafana-login']],
])('--stage %s makes the checks that matter then', async (stage, expected) => {
  const ids = async (): Promise<string[]> => {
    const { stdout } = await doctor('--json', '--stage', stage)
    return (JSON.parse(stdout) as { readonly checks: readonly { readonly id: string }[] }).checks.map(({ id }) => id)
  }
  const made = await ids()
  expect(made).toEqual(expect.arrayContaining(expected))
  expect(made.length).toBeLessThan(40)
})

test('addresses come from variables, too: those of the application, and of the stack', async () => {
  vi.stubEnv('PROMETHEUS_PORT', new URL(standIns.urls.prometheus).port)
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', standIns.urls.otlp)
  vi.stubEnv('OTELCOL_HEALTH_URL', standIns.urls.collector)
  const { stdout } = await cli([
    'doctor',
    '--without',
    'environment,application,alertmanager,jaeger,grafana,prices,clocks',
  ])
  expect(stdout).toContain('✓ prometheus-ready: Prometheus 3.16.0')
  expect(stdout).toContain(`✓ collector-otlp: ${standIns.urls.otlp} takes traces and metrics`)
})

test.each([
  [['--stage', 'before'], '--stage must be one of pre, post, production, got "before"'],
  [['--without', 'zipkin'], /^--without must be one or more of environment, .*, got "zipkin"$/m],
  [['--timeout', 'soon'], '--timeout must be a number of seconds above 0, got "soon"'],
  [['--prometheus', 'here'], '--prometheus must be an address such as http://127.0.0.1:9090, got "here"'],
  [['--verbose'], /Unknown option '--verbose'/],
])('%j is a wrong command line', async (args, message) => {
  const { code, stdout, stderr } = await cli(['doctor', ...args])
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr.replace(/^tokenmeter: /, '')).toMatch(message)
  expect(stderr).toContain('See tokenmeter doctor --help')
})
