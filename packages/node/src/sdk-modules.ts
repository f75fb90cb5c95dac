import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * The OpenTelemetry SDK, part by part, each loaded when it is first needed.
 *
 * Always the CommonJS builds, from our ESM build too: they load in two thirds of the time of the ESM ones, and `register`
 * must be done before the application's first line. The API keeps its state on the global object, so it does not matter
 * that the application may have the other build.
 */
export const sdkModules = {
  contextAsyncHooks: (): typeof import('@opentelemetry/context-async-hooks') =>
    require('@opentelemetry/context-async-hooks'),
  core: (): typeof import('@opentelemetry/core') => require('@opentelemetry/core'),
  exporterPrometheus: (): typeof import('@opentelemetry/exporter-prometheus') =>
    require('@opentelemetry/exporter-prometheus'),
  grpcLogs: (): typeof import('@opentelemetry/exporter-logs-otlp-grpc') =>
    require('@opentelemetry/exporter-logs-otlp-grpc'),
  grpcMetrics: (): typeof import('@opentelemetry/exporter-metrics-otlp-grpc') =>
    require('@opentelemetry/exporter-metrics-otlp-grpc'),
  grpcTraces: (): typeof import('@opentelemetry/exporter-trace-otlp-grpc') =>
    require('@opentelemetry/exporter-trace-otlp-grpc'),
  otlpTransformer: (): typeof import('@opentelemetry/otlp-transformer') => require('@opentelemetry/otlp-transformer'),
  propagatorB3: (): typeof import('@opentelemetry/propagator-b3') => require('@opentelemetry/propagator-b3'),
  resources: (): typeof import('@opentelemetry/resources') => require('@opentelemetry/resources'),
  sdkLogs: (): typeof import('@opentelemetry/sdk-logs') => require('@opentelemetry/sdk-logs'),
  sdkMetrics: (): typeof import('@opentelemetry/sdk-metrics') => require('@opentelemetry/sdk-metrics'),
  sdkNode: (): typeof import('@opentelemetry/sdk-node') => require('@opentelemetry/sdk-node'),
  sdkTrace: (): typeof import('@opentelemetry/sdk-trace') => require('@opentelemetry/sdk-trace'),
}
