import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { type ComposeService, readComposeFile } from '../../stack/compose-file.ts'

const PROJECT = new URL('../../../', import.meta.url)
const { services, volumes } = readComposeFile()

function environmentDefaults(file: string): Map<string, string> {
  const text = readFileSync(new URL(file, PROJECT), 'utf8')
  const matches = text.matchAll(/\$\{env:(?<name>\w+):-(?<value>[^}]*)\}/g)
  return new Map([...matches].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']))
}

function containerPorts(service: ComposeService | undefined): string[] {
  return (service?.ports ?? []).map((port) => port.split(':').at(-1) ?? '')
}

test('the compose file holds the four servers of the stack', () => {
  expect(Object.keys(services)).toEqual(['otel-collector', 'prometheus', 'jaeger', 'grafana'])
})

describe.each(Object.entries(services))('%s', (_name, service) => {
  test('has an image with a full version', () => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+$/)
  })

  test('publishes its ports on loopback only', () => {
    expect(service.ports?.length).toBeGreaterThan(0)
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:(?:\d+|\$\{\w+:-\d+\}):\d+$/)
  })

  test('has a limit on its memory, and no privileges to gain', () => {
    expect(service.mem_limit).toMatch(/^\d+m$/)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
  })

  test('mounts files of the project read-only, and they exist', () => {
    for (const volume of service.volumes ?? []) {
      const [source = '', , mode] = volume.split(':')
      if (!source.startsWith('./')) {
        expect(Object.keys(volumes)).toContain(source)
        continue
      }
      expect(mode).toBe('ro')
      expect(existsSync(new URL(source, PROJECT)), source).toBe(true)
    }
  })

  test('is given no secret', () => {
    const names = Object.keys(service.environment ?? {})
    expect(names.filter((name) => /PASSWORD|SECRET_KEY|TOKEN|API_KEY/.test(name))).toEqual([])
  })

  test('waits only for services that report their health', () => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(condition).toBe('service_healthy')
      expect(services[name]?.healthcheck?.test[0]).toBe('CMD')
    }
  })
})

test('Grafana shows itself to anonymous viewers and has no user who could log in', () => {
  expect(services['grafana']?.environment).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_AUTH_BASIC_ENABLED: 'false',
    GF_AUTH_DISABLE_LOGIN_FORM: 'true',
    GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
  })
})

test('the ports that compose publishes are the ones the Collector listens on', () => {
  const defaults = environmentDefaults('collector/otelcol.yaml')
  const listening = ['OTELCOL_GRPC_PORT', 'OTELCOL_HTTP_PORT', 'OTELCOL_HEALTH_PORT'].map((name) => defaults.get(name))
  expect(containerPorts(services['otel-collector'])).toEqual(listening)
})

test('every address the Collector and Jaeger would look for on loopback is set for the container', () => {
  for (const [name, file] of [
    ['otel-collector', 'collector/otelcol.yaml'],
    ['jaeger', 'collector/jaeger/jaeger.yaml'],
  ] as const) {
    const loopback = [...environmentDefaults(file)].filter(([, value]) => value.includes('127.0.0.1'))
    expect(Object.keys(services[name]?.environment ?? {})).toEqual(expect.arrayContaining(loopback.map(([key]) => key)))
  }
})

test('what the Collector sends to and Prometheus scrapes are services of the compose file, at ports they listen on', () => {
  const collector = environmentDefaults('collector/otelcol.yaml')
  const jaeger = environmentDefaults('collector/jaeger/jaeger.yaml')
  const environment = services['otel-collector']?.environment ?? {}
  expect(environment['JAEGER_OTLP_URL']).toBe(`http://jaeger:${jaeger.get('JAEGER_OTLP_PORT')}`)
  expect(environment['PROMETHEUS_URL']).toBe(`http://prometheus:${containerPorts(services['prometheus'])[0]}`)

  const targets = parse(readFileSync(new URL('collector/prometheus/targets/compose.yml', PROJECT), 'utf8')) as {
    readonly targets: readonly string[]
  }[]
  expect(targets.flatMap((group) => group.targets)).toEqual([
    `prometheus:${containerPorts(services['prometheus'])[0]}`,
    `otel-collector:${collector.get('OTELCOL_METRICS_PORT')}`,
    `jaeger:${jaeger.get('JAEGER_METRICS_PORT')}`,
  ])
})

test('the data sources of Grafana are services of the compose file, under fixed ids', () => {
  const { datasources } = parse(
    readFileSync(new URL('collector/grafana/provisioning/datasources/datasources.yml', PROJECT), 'utf8'),
  ) as { readonly datasources: readonly { readonly uid: string; readonly url: string }[] }
  expect(datasources.map(({ uid, url }) => [uid, url])).toEqual([
    ['prometheus', `http://prometheus:${containerPorts(services['prometheus'])[0]}`],
    ['jaeger', `http://jaeger:${containerPorts(services['jaeger'])[0]}`],
  ])
})
