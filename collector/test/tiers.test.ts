import { existsSync, readFileSync } from 'node:fs'
import { validate as validateDeployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment'
import { validate as validateStatefulSet } from 'kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet'
import { validate as validateService } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service'
import { validate as validatePodDisruptionBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { type ComposeFile, readComposeFile } from '../stack/compose-file.ts'
import { pathsIn, unknownFields } from './unknown-fields.ts'

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

/** Where any name may be: labels, what selects by them, and resources. */
const NAMES_OF_ONES_OWN = /\/(?:labels|matchLabels|requests|limits)$|^\/spec\/selector$/

function valueAt(data: object, path: string): unknown {
  const keys = path.split('/').slice(1)
  return keys.reduce<unknown>((value, key) => Reflect.get(value as object, key), data)
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

  const validators: Readonly<Record<string, (data: unknown) => boolean>> = {
    Service: validateService,
    StatefulSet: validateStatefulSet,
    Deployment: validateDeployment,
    PodDisruptionBudget: validatePodDisruptionBudget,
  }
  const objects = documents.map(
    (document) => [document, validators[document.kind] ?? expect.unreachable(`a ${document.kind}`)] as const,
  )

  test('is made of objects that the schemas of Kubernetes describe', () => {
    for (const [document, validate] of objects) {
      expect(validate(document)).toBe(true)
      expect(validate({ ...document, metadata: { name: 1 } })).toBe(false)
    }
    expect(documents).toHaveLength(6)
  })

  test('has no field that Kubernetes does not know', () => {
    expect(objects.flatMap(([document, validate]) => unknownFields(validate, document))).toEqual([])
  })

  test('a misspelt field would be noticed, wherever it is', () => {
    for (const [document, validate] of objects) {
      for (const path of ['', ...pathsIn(document)].filter((candidate) => !NAMES_OF_ONES_OWN.test(candidate))) {
        const mutant = structuredClone(document)
        const place = valueAt(mutant, path)
        if (typeof place !== 'object' || place === null || Array.isArray(place)) continue
        Object.assign(place, { replcias: 2 })
        expect(unknownFields(validate, mutant)).toEqual([`${path}/replcias`])
      }
    }
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
