import { expect, test, vi } from 'vitest'
import { Environment } from './environment.ts'
import { createResource } from './resource.ts'

const attributesOf = (serviceName: string | undefined, variables: Record<string, string> = {}) =>
  createResource(serviceName, new Environment(variables)).attributes

test('every resource has an instance id of its own', () => {
  const [first, second] = [attributesOf('desk'), attributesOf('desk')]
  expect(first['service.instance.id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(second['service.instance.id']).not.toBe(first['service.instance.id'])
})

test('the service has the name it was given', () => {
  expect(attributesOf('desk')['service.name']).toBe('desk')
})

test('a service without a name is unknown, as OpenTelemetry has it', () => {
  expect(attributesOf(undefined)['service.name']).toMatch(/^unknown_service:/)
})

test('what was on the command line does not leave the process, not even when all detectors are asked for', () => {
  const attributes = attributesOf('desk', { OTEL_NODE_RESOURCE_DETECTORS: 'all' })
  expect(attributes['process.executable.path']).toBe(process.execPath)
  expect(Object.keys(attributes).filter((name) => name.startsWith('process.command'))).toEqual([])
})

test('an instance id that is set from outside is that of the main thread', () => {
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'service.instance.id=pod-1')
  expect(attributesOf('desk')['service.instance.id']).toBe('pod-1')
  vi.unstubAllEnvs()
})
