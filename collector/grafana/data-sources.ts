/** Fixed ids of the data sources, which boards and links name. */
const PROMETHEUS_UID = 'prometheus'
export const JAEGER_UID = 'jaeger'

/** Grafana's data sources, as its provisioning files have them. `$` is written twice there, because variables of the environment are put in. */
export const DATA_SOURCES = {
  apiVersion: 1,
  prune: true,
  datasources: [
    {
      name: 'Prometheus',
      uid: PROMETHEUS_UID,
      type: 'prometheus',
      access: 'proxy',
      url: 'http://prometheus:9090',
      isDefault: true,
      editable: false,
      jsonData: {
        httpMethod: 'POST',
        // How often applications export: the OpenTelemetry default.
        timeInterval: '60s',
        // From a point in a diagram to the trace behind it. The label is what the Collector's span_metrics puts on exemplars.
        exemplarTraceIdDestinations: [{ name: 'trace_id', datasourceUid: JAEGER_UID }],
      },
    },
    {
      name: 'Jaeger',
      uid: JAEGER_UID,
      type: 'jaeger',
      access: 'proxy',
      url: 'http://jaeger:16686',
      editable: false,
      jsonData: {
        nodeGraph: { enabled: true },
        // From a span to the rates and durations of its service.
        tracesToMetrics: {
          datasourceUid: PROMETHEUS_UID,
          tags: [{ key: 'service.name', value: 'service_name' }],
          queries: [
            { name: 'Calls per second', query: 'sum by (model) (ai:requests:increase5m{$$__tags}) / 300' },
            { name: 'Cost per hour', query: 'sum by (model) (ai:cost_usd:increase5m{$$__tags}) * 12' },
          ],
        },
      },
    },
  ],
}
