/** Where the desk sends what, and where it can be looked at. */
export interface Wiring {
  /** The stand-in for the provider; absent when the real one is called. */
  readonly providerUrl?: string | undefined
  readonly receiverUrl: string
  readonly metricsPort: number
  /** Tells this desk's `/metrics` from that of another demo on the same machine. */
  readonly instanceId: string
}

/** Settings that would take the demo somewhere else: the ones of telemetry always, the ones of the clients with the mock. */
const TELEMETRY = /^(OTEL|TOKENMETER)_/
const CLIENTS = /^(OPENAI|AZURE_OPENAI)_/

/** The environment of the support desk: that of this process, with the demo's own addresses. */
export function deskEnv(
  env: NodeJS.ProcessEnv,
  { providerUrl, receiverUrl, metricsPort, instanceId }: Wiring,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(env).filter(
    ([name]) => !TELEMETRY.test(name) && !(providerUrl && CLIENTS.test(name)),
  )
  return {
    ...Object.fromEntries(inherited),
    ...(providerUrl && {
      OPENAI_API_KEY: 'the-mock-needs-none',
      OPENAI_BASE_URL: `${providerUrl}/v1`,
      AZURE_OPENAI_ENDPOINT: providerUrl,
      AZURE_OPENAI_API_KEY: 'the-mock-needs-none',
      OPENAI_API_VERSION: '2025-04-01-preview',
    }),
    OTEL_SERVICE_NAME: 'support-desk',
    OTEL_RESOURCE_ATTRIBUTES: `service.instance.id=${instanceId}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiverUrl,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_EXPORTER_PROMETHEUS_PORT: String(metricsPort),
    // The live line follows the spans, so they are sent more often than a service would.
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_METRIC_EXPORT_TIMEOUT: '1000',
  }
}
