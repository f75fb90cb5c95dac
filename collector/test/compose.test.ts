import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { type ComposeService, readComposeFile } from '../stack/compose-file.ts'

const PROJECT = new URL('../../', import.meta.url)
const { services, volumes } = readComposeFile()

function environmentDefaults(file: string): Map<string, string> {
  const text = readFileSync(new URL(file, PROJECT), 'utf8')
  const matches = text.matchAll(/\$\{env:(?<name>\w+):-(?<value>[^}]*)\}/g)
  return new Map([...matches].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? '']))
}

function containerPorts(service: ComposeService | undefined): string[] {
  return (service?.ports ?? []).map((port) => port.split(':').at(-1) ?? '')
}

/** The services that run with a profile, by the names under which the others reach them. */
function servicesOf(profile: string): Record<string, ComposeService> {
  const running = Object.entries(services).filter(([, { profiles }]) => !profiles || profiles.includes(profile))
  return Object.fromEntries(
    running.map(([name, service]) => [service.networks?.default.aliases?.[0] ?? name, service] as const),
  )
}

const STACK = ['alertmanager', 'grafana', 'grafana-password', 'jaeger', 'otel-collector', 'prometheus']

test.each([
  ['default', STACK],
  ['badger', STACK],
  ['scrape', STACK],
  ['zipkin', [...STACK, 'zipkin']],
  ['clickhouse', [...STACK, 'clickhouse', 'clickhouse-password']],
])('the profile %s has every server of the stack once, and no port twice', (profile, expected) => {
  const running = Object.values(services).filter(({ profiles }) => !profiles || profiles.includes(profile))
  expect(Object.keys(servicesOf(profile)).toSorted()).toEqual(expected.toSorted())
  expect(running.length).toBe(expected.length)
  const ports = running.flatMap((service) => service.ports ?? [])
  expect(new Set(ports).size).toBe(ports.length)
})

test('a plain `docker compose up` takes the default profile', () => {
  expect(readFileSync(new URL('.env', PROJECT), 'utf8')).toMatch(/^COMPOSE_PROFILES=default$/m)
})

test('configuration files that a command names are mounted', () => {
  for (const { command = [], volumes: mounts = [] } of Object.values(services)) {
    const named = command.flatMap((flag) => /^--config(?:\.file)?=(?<path>[^$]+)/.exec(flag)?.groups?.['path'] ?? [])
    for (const path of named) {
      const mount = mounts.map((volume) => volume.split(':')).find(([, target = '']) => path.startsWith(target))
      const [source = '', target = ''] = mount ?? []
      expect(existsSync(new URL(source + path.slice(target.length), PROJECT)), path).toBe(true)
    }
  }
})

describe.each(Object.entries(services))('%s', (_name, service) => {
  test('has an image with a full version', () => {
    expect(service.image).toMatch(/^[\w./-]+:v?\d+\.\d+\.\d+(?:\.\d+)?$/)
  })

  test('publishes its ports on loopback only', () => {
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

  test('is given no secret but by a file', () => {
    const names = Object.keys(service.environment ?? {})
    expect(names.filter((name) => /PASSWORD(?!_*FILE)|SECRET_KEY|TOKEN|API_KEY/.test(name))).toEqual([])
  })

  test('waits only for services that report their health, or end', () => {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      if (condition === 'service_completed_successfully') expect(name).toMatch(/-password$/)
      else expect(services[name]?.healthcheck?.test[0]).toBe('CMD')
    }
  })
})

test('Grafana shows itself to anonymous viewers, and the password of its admin is made up at the first start', () => {
  const { environment, volumes: mounts } = services['grafana'] ?? {}
  expect(environment).toMatchObject({
    GF_AUTH_ANONYMOUS_ENABLED: 'true',
    GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    GF_SECURITY_ADMIN_PASSWORD__FILE: '/run/grafana/admin-password',
  })
  expect(mounts).toContain('grafana-secrets:/run/grafana:ro')
  expect(services['grafana-password']?.volumes).toContain('grafana-secrets:/run/secrets-of-service')
  expect(services['grafana-password']?.command).toEqual(['/run/secrets-of-service/admin-password'])
})

test('a password is made up once, and is another one elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-password-'))
  const make = (name: string): string => {
    execFileSync('sh', [fileURLToPath(new URL('collector/make-password.sh', PROJECT)), join(folder, name)])
    return readFileSync(join(folder, name), 'utf8')
  }
  try {
    const password = make('one')
    expect(password).toMatch(/^[\w+/]{32}$/)
    expect(make('one')).toBe(password)
    expect(make('two')).not.toBe(password)
  } finally {
    rmSync(folder, { recursive: true })
  }
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
    `alertmanager:${containerPorts(services['alertmanager'])[0]}`,
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
