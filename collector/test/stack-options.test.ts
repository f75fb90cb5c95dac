import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { findFreePorts } from '../stack/free-ports.ts'
import { readArguments, readPorts, UsageError } from '../stack/options.ts'
import { DEFAULT_PORTS, findTakenPorts, PORT_NAMES } from '../stack/ports.ts'
import { addressTable } from '../stack/table.ts'

test('options are off unless they are given; pnpm may pass its separator on', () => {
  expect(readArguments(['--', '--demo'])).toMatchObject({ demo: true, badger: false, zipkin: false, fresh: false })
})

test('an option that does not exist is refused', () => {
  expect(() => readArguments(['--grafana'])).toThrow(UsageError)
})

test('without variables every port is the usual one', () => {
  expect(readPorts({})).toEqual(DEFAULT_PORTS)
})

test('a variable moves a port', () => {
  expect(readPorts({ PROMETHEUS_PORT: '19090', ALERTMANAGER_PORT: '' })).toEqual({
    ...DEFAULT_PORTS,
    prometheus: 19_090,
  })
})

test.each([
  [{ PROMETHEUS_PORT: 'http' }, 'PROMETHEUS_PORT is "http", but must be a port from 1 to 65535'],
  [{ JAEGER_QUERY_PORT: '70000' }, 'JAEGER_QUERY_PORT is "70000", but must be a port from 1 to 65535'],
  [
    { PROMETHEUS_PORT: '4318' },
    'OTELCOL_HTTP_PORT and PROMETHEUS_PORT are both 4318: choose another port for one of them',
  ],
])('%j is refused', (env, message) => {
  expect(() => readPorts(env)).toThrow(message)
})

test('a port on which somebody listens is found before anything is started', async () => {
  const ports = await findFreePorts(PORT_NAMES)
  await using server = createServer().listen(ports.prometheus, '127.0.0.1')
  await once(server, 'listening')
  expect(await findTakenPorts(ports)).toEqual(['prometheus'])
})

test('the table has every address, and Zipkin where it runs', () => {
  expect(addressTable(DEFAULT_PORTS, '/data', false)).toMatch(/OTLP over HTTP +http:\/\/127\.0\.0\.1:4318 /)
  expect(addressTable(DEFAULT_PORTS, '/data', false)).not.toContain('Zipkin')
  expect(addressTable(DEFAULT_PORTS, '/data', true)).toContain('http://127.0.0.1:9411/zipkin/')
})
