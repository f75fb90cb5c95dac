import { describe, expect, test } from 'vitest'
import { Environment } from '../environment.ts'
import { otlpProtocol, otlpTarget } from './target.ts'

function targetOf(variables: Record<string, string>, signal: 'traces' | 'metrics' | 'logs' = 'traces') {
  const environment = new Environment(variables)
  const target = otlpTarget(signal, otlpProtocol(signal, environment), environment)
  return { ...target, problems: environment.problems }
}

describe('the endpoint', () => {
  test('is a Collector on this machine by default', () => {
    expect(targetOf({}, 'logs').url).toBe('http://localhost:4318/v1/logs')
  })
  test('for all signals gets the path of each', () => {
    expect(targetOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c.example/otlp/' }, 'metrics').url).toBe(
      'https://c.example/otlp/v1/metrics',
    )
  })
  test('for one signal is taken as it is', () => {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a.example',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b.example/in',
    }
    expect(targetOf(variables).url).toBe('http://b.example/in')
  })
  test('that is no URL is told, and the default is used', () => {
    const { url, problems } = targetOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' })
    expect(url).toBe('http://localhost:4318/v1/traces')
    expect(problems).toEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318", but must be a URL that starts with http:// or https://; going on with http://localhost:4318',
    ])
  })
})

test('headers of one signal are added to those for all, and are stronger', () => {
  const { headers } = targetOf({
    OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20a,x-team=one',
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-team=two',
  })
  expect(headers).toEqual({
    authorization: 'Bearer a',
    'x-team': 'two',
    'content-type': 'application/x-protobuf',
  })
})

test('a header that makes no sense is told without its value', () => {
  const { problems } = targetOf({ OTEL_EXPORTER_OTLP_HEADERS: 'secret' })
  expect(problems).toEqual([
    'OTEL_EXPORTER_OTLP_HEADERS must be a list of name=value, separated by commas; one entry is left out',
  ])
})

test('JSON, gzip and the timeout are as the variables say', () => {
  const { headers, gzip, timeoutMs } = targetOf({
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '500',
  })
  expect({ headers, gzip, timeoutMs }).toEqual({
    headers: { 'content-type': 'application/json' },
    gzip: true,
    timeoutMs: 500,
  })
})

test('a protocol that does not exist is told, and the default is used', () => {
  const environment = new Environment({ OTEL_EXPORTER_OTLP_PROTOCOL: 'carrier-pigeon' })
  expect(otlpProtocol('traces', environment)).toBe('http/protobuf')
  expect(environment.problems).toEqual([
    'OTEL_EXPORTER_OTLP_PROTOCOL is "carrier-pigeon", but must be http/protobuf or http/json or grpc; going on with http/protobuf',
  ])
})
