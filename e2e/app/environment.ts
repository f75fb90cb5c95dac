import { fileURLToPath } from 'node:url'

/** Folder of the applications: where they find their modules. */
export const APPLICATIONS: string = fileURLToPath(new URL('./', import.meta.url))

/** Who an application is, whom it asks, and whom it tells. */
export interface ServiceAddresses {
  readonly serviceName: string
  readonly openaiUrl: string
  readonly otlpUrl: string
}

/** Variables of an application that exports every second. Its `/metrics` is on any port that is free. */
export function environmentOf({ serviceName, openaiUrl, otlpUrl }: ServiceAddresses): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    OPENAI_API_KEY: 'none',
    OPENAI_BASE_URL: openaiUrl,
    OTEL_SERVICE_NAME: serviceName,
    OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_METRIC_EXPORT_TIMEOUT: '1000',
  }
}
