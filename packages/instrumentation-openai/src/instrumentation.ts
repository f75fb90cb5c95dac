import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import {
  InstrumentationBase,
  type InstrumentationConfig,
  InstrumentationNodeModuleDefinition,
  InstrumentationNodeModuleFile,
} from '@opentelemetry/instrumentation'
import type { EventLoggerProvider } from '@tokenmeter/meter'
import { clientFileOf, CLIENT_FILES } from './seam/client-files.ts'
import { clientRegistry } from './seam/registry.ts'
import { SCOPE } from './version.ts'
import { createWatch, type Watch, type WatchOptions } from './watch.ts'

/** Settings of `OpenAIInstrumentation`: those every instrumentation has, and ours. */
export interface OpenAIInstrumentationConfig
  extends InstrumentationConfig, Omit<WatchOptions, 'tracerProvider' | 'meterProvider' | 'loggerProvider'> {}

/** Every version: whether a client has the shape we know is seen when it arrives. */
const ANY_VERSION = ['*']

/**
 * Measures every call of the openai client (v4 to v7): spans, `gen_ai.*` and `ai_*` metrics, tokens and cost.
 *
 * Give it to the OpenTelemetry SDK the application already has. CommonJS works by itself; ES modules need a loader, for which
 * `installLoadHook` from `@tokenmeter/instrumentation-openai/watch` is enough and the safe choice.
 */
export class OpenAIInstrumentation extends InstrumentationBase<OpenAIInstrumentationConfig> {
  // The base constructor calls init before fields of this class exist, hence no initialiser.
  declare watch: Watch

  constructor(config: OpenAIInstrumentationConfig = {}) {
    super(SCOPE.name, SCOPE.version, config)
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    // Here and not when it is enabled, which may be after it was given its providers.
    this.watch ??= createWatch(this.getConfig())
    const files = CLIENT_FILES.map(
      (file) => new InstrumentationNodeModuleFile(`openai/${file}`, ANY_VERSION, handOver(file), (exports) => exports),
    )
    return new InstrumentationNodeModuleDefinition('openai', ANY_VERSION, undefined, undefined, files)
  }

  override enable(): void {
    super.enable()
    this.watch.start()
  }

  override disable(): void {
    super.disable()
    this.watch.stop()
  }

  override setTracerProvider(provider: TracerProvider): void {
    super.setTracerProvider(provider)
    this.watch.recorder.setTracerProvider(provider)
  }

  override setMeterProvider(provider: MeterProvider): void {
    super.setMeterProvider(provider)
    this.watch.recorder.setMeterProvider(provider)
  }

  override setLoggerProvider(provider: Parameters<InstrumentationBase['setLoggerProvider']>[0]): void {
    super.setLoggerProvider(provider)
    this.watch.recorder.setLoggerProvider(provider as unknown as EventLoggerProvider)
  }
}

function handOver(file: string): (exports: ClientModule) => ClientModule {
  const className = clientFileOf(`openai/${file}`)?.className ?? ''
  return (exports) => {
    clientRegistry().accept(exports[className])
    return exports
  }
}

type ClientModule = Readonly<Record<string, unknown>>
