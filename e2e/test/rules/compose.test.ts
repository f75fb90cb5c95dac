import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { findProgram } from '../../../collector/rules/program.ts'

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url))
const PROFILES = ['default', 'badger', 'clickhouse', 'zipkin', 'scrape']
const FILES: Readonly<Record<string, readonly string[]>> = {
  'docker-compose.yml': ['docker-compose.yml'],
  'docker-compose.yml with team.compose.yml on top': ['docker-compose.yml', 'collector/tiers/team.compose.yml'],
}

/** What `docker compose config` says of a service, when it has put everything in its place. */
interface Service {
  readonly image: string
  readonly ports?: readonly { readonly host_ip?: string; readonly published: string }[]
}

const compose = await findProgram('compose', 'cmd')

/** `docker compose config` in a folder. */
function config(folder: string, files: readonly string[], ...rest: readonly string[]): ReturnType<typeof compose> {
  return compose('--project-directory', folder, ...files.flatMap((file) => ['-f', join(folder, file)]), ...rest)
}

describe.each(Object.entries(FILES))('%s', (_, files) => {
  test.each(PROFILES)('docker compose has nothing to say against the profile %s', async (profile) => {
    expect(await config(PROJECT, files, '--profile', profile, 'config', '--quiet')).toEqual({
      succeeded: true,
      output: '',
    })
  })

  test.each(PROFILES)(
    'with the profile %s, images have a version and ports are published on loopback',
    async (name) => {
      const { output } = await config(PROJECT, files, '--profile', name, 'config', '--format', 'json')
      const { services } = JSON.parse(output) as { readonly services: Readonly<Record<string, Service>> }
      const ports = Object.values(services).flatMap((service) => service.ports ?? [])
      for (const server of ['otel-collector', 'prometheus', 'alertmanager', 'jaeger', 'grafana']) {
        expect(Object.keys(services).some((service) => service.startsWith(server))).toBe(true)
      }
      expect(ports.length).toBeGreaterThan(4)
      expect(ports.filter(({ host_ip }) => host_ip !== '127.0.0.1')).toEqual([])
      for (const { image } of Object.values(services)) expect(image).toMatch(/:v?\d+\.\d+[\w.-]*$/)
    },
  )
})

test('a field that docker compose does not know is told', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-compose-'))
  try {
    await cp(join(PROJECT, '.env'), join(folder, '.env'))
    const text = await readFile(join(PROJECT, 'docker-compose.yml'), 'utf8')
    await writeFile(join(folder, 'docker-compose.yml'), text.replace('restart: unless-stopped', 'restarts: always'))
    const { succeeded, output } = await config(folder, ['docker-compose.yml'], 'config', '--quiet')
    expect(succeeded).toBe(false)
    expect(output).toMatch(/additional propert(?:y|ies) '?restarts'? not allowed/i)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
