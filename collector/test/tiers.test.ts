import { existsSync, readFileSync } from 'node:fs'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { type ComposeFile, readComposeFile } from '../stack/compose-file.ts'

const COLLECTOR = new URL('../', import.meta.url)
const compose = readComposeFile()
const read = (path: string): string => readFileSync(new URL(path, COLLECTOR), 'utf8')

/** What a command says beside how long something is kept. */
function withoutRetention(command: readonly string[] = []): string[] {
  return command.filter((flag) => !flag.includes('.retention.'))
}

function variablesOf(files: readonly string[]): Set<string> {
  const matches = files.flatMap((file) => [...read(file).matchAll(/\$\{env:(?<name>\w+)/g)])
  return new Set(['GOMEMLIMIT', ...matches.map(({ groups }) => groups?.['name'] ?? '')])
}

describe('a team', () => {
  const team = parse(read('tiers/team.compose.yml')) as ComposeFile

  test('runs services of the compose file', () => {
    expect(Object.keys(team.services).filter((name) => !(name in compose.services))).toEqual([])
  })

  test('opens no port of its own, and knows no secret', () => {
    const services = Object.values(team.services)
    expect(services.flatMap(({ ports = [] }) => ports)).toEqual([])
    expect(
      services.flatMap(({ environment = {} }) => Object.keys(environment)).filter((name) => /PASSWORD|KEY/.test(name)),
    ).toEqual([])
  })

  test('sets variables that the files of its Collector and its Jaeger read', () => {
    const known = variablesOf(['gateway.yaml', 'overlays/auth.yaml', 'jaeger/jaeger.yaml', 'jaeger/badger.yaml'])
    const set = Object.values(team.services).flatMap(({ environment = {} }) => Object.keys(environment))
    expect(set.filter((name) => !known.has(name))).toEqual([])
  })

  test('changes nothing of Prometheus but how much it keeps', () => {
    expect(withoutRetention(team.services['prometheus']?.command)).toEqual(
      withoutRetention(compose.services['prometheus']?.command),
    )
  })
})

describe('a company', () => {
  interface Container {
    readonly name: string
    readonly image: string
    readonly args: readonly string[]
    readonly env: readonly { readonly name: string }[]
  }
  const documents = parseAllDocuments(read('tiers/company.kubernetes.yml')).map(
    (document) =>
      document.toJS() as {
        readonly kind: string
        readonly spec: { readonly template?: { readonly spec: { readonly containers: readonly Container[] } } }
      },
  )
  const containers = documents.flatMap(({ spec }) => spec.template?.spec.containers ?? [])

  // Types and required fields. A field that Kubernetes does not know is refused by its API server only.
  test('is made of objects that the schemas of Kubernetes describe', () => {
    const kinds: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
      Service,
      StatefulSet,
      Deployment,
      PodDisruptionBudget,
    }
    for (const document of documents) {
      const Kind = kinds[document.kind] ?? expect.unreachable(`an object of kind ${document.kind}`)
      new Kind(document as never).validate()
      const broken = { ...document, metadata: { name: 1 } }
      expect(() => new Kind(broken as never).validate()).toThrow(/name/)
    }
    expect(documents).toHaveLength(6)
  })

  test('runs the images of the compose file', () => {
    const images = Object.values(compose.services).map(({ image }) => image)
    expect(containers.map(({ image }) => image).filter((image) => !images.includes(image))).toEqual([])
  })

  test.each([
    ['otelcol', ['gateway.yaml', 'overlays/loadbalancing.yaml', 'overlays/auth.yaml']],
    ['jaeger', ['jaeger/jaeger.yaml', 'jaeger/clickhouse.yaml']],
  ])('%s is given files that exist, and variables that they read', (name, files) => {
    const container = containers.find((candidate) => candidate.name === name)
    const named = container?.args.map((arg) => arg.split('/').at(-1))
    expect(named).toEqual(files.map((file) => file.split('/').at(-1)))
    expect(files.filter((file) => !existsSync(new URL(file, COLLECTOR)))).toEqual([])
    const known = variablesOf(files)
    expect(container?.env.map((variable) => variable.name).filter((variable) => !known.has(variable))).toEqual([])
  })
})
