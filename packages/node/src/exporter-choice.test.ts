import { expect, test } from 'vitest'
import { configure, type RegisterOptions } from './configuration.ts'
import { Environment } from './environment.ts'
import { chooseExporters } from './exporter-choice.ts'

function choose(variables: Record<string, string>, options: RegisterOptions = {}) {
  const environment = new Environment(variables)
  return chooseExporters(configure(options, environment), environment)
}

test('by default everything goes over OTLP, and metrics can be pulled as well', () => {
  expect(choose({})).toEqual({ traces: ['otlp'], metrics: ['otlp', 'prometheus'], logs: ['otlp'] })
})

test('without otlp only /metrics is left', () => {
  expect(choose({}, { otlp: false })).toEqual({ traces: [], metrics: ['prometheus'], logs: [] })
})

test("OpenTelemetry's variables are stronger than our settings", () => {
  const variables = { OTEL_TRACES_EXPORTER: 'otlp,console', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }
  expect(choose(variables, { otlp: false })).toEqual({ traces: ['otlp', 'console'], metrics: [], logs: [] })
})

test('/metrics can be switched on by name beside what OTEL_METRICS_EXPORTER lists', () => {
  const variables = { OTEL_METRICS_EXPORTER: 'otlp', TOKENMETER_METRICS_ENDPOINT: 'on' }
  expect(choose(variables).metrics).toEqual(['otlp', 'prometheus'])
})

test('an exporter that does not exist is told, and the others are kept', () => {
  const environment = new Environment({ OTEL_TRACES_EXPORTER: 'zipkin,otlp' })
  expect(chooseExporters(configure({}, environment), environment).traces).toEqual(['otlp'])
  expect(environment.problems).toEqual([
    'OTEL_TRACES_EXPORTER is "zipkin", but must be otlp or console or none; going on with the others',
  ])
})
