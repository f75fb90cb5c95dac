import { type ApplicationRun, runApplication } from '../../app/run-application.ts'
import { type Provider, startProvider } from '../../provider/provider.ts'
import { JaegerApi } from '../../stack/jaeger-api.ts'
import { PrometheusApi } from '../../stack/prometheus-api.ts'
import { startStack } from '../../stack/stack.ts'

/** The whole way: an application has made its calls and ended, and the servers have what it sent. */
export interface Scene extends AsyncDisposable {
  readonly serviceName: string
  readonly provider: Provider
  readonly run: ApplicationRun
  readonly prometheus: PrometheusApi
  readonly jaeger: JaegerApi
}

/** Starts the real servers and a provider, and runs the application against them. */
export async function playScene(serviceName: string): Promise<Scene> {
  await using started = new AsyncDisposableStack()
  const stack = started.use(await startStack())
  const provider = started.use(await startProvider())
  const run = await runApplication({ serviceName, openaiUrl: provider.url, otlpUrl: stack.otlpUrl })
  const running = started.move()
  return {
    serviceName,
    provider,
    run,
    prometheus: new PrometheusApi(stack.prometheusUrl),
    jaeger: new JaegerApi(stack.jaegerUrl),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
