import { type ApplicationRun, runApplication } from '../../app/run-application.ts'
import { type Provider, startProvider } from '../../provider/provider.ts'
import { JaegerApi } from '../../../collector/stack/jaeger-api.ts'
import { PrometheusApi } from '../../../collector/stack/prometheus-api.ts'
import { startTestStack } from './test-stack.ts'

/** The whole way: an application has made its calls and ended, and the servers have what it sent. */
export interface Scene extends AsyncDisposable {
  readonly serviceName: string
  readonly provider: Provider
  readonly run: ApplicationRun
  readonly prometheus: PrometheusApi
  readonly jaeger: JaegerApi
}

/** The application also tells its costs in euros, at half a euro for a dollar. */
const CURRENCY = {
  TOKENMETER_CURRENCY: 'EUR',
  TOKENMETER_CURRENCY_RATE: '0.5',
  TOKENMETER_CURRENCY_DATE: '2999-01-01',
  TOKENMETER_CURRENCY_SOURCE: 'a test',
}

/** Starts the real servers and a provider, and runs the application against them. */
export async function playScene(serviceName: string): Promise<Scene> {
  await using started = new AsyncDisposableStack()
  const stack = started.use(await startTestStack())
  const provider = started.use(await startProvider())
  const addresses = { serviceName, openaiUrl: provider.url, otlpUrl: stack.otlpUrl }
  const run = await runApplication(addresses, CURRENCY)
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
