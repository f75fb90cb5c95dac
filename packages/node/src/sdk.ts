import { context, diag, propagation } from '@opentelemetry/api'
import { type OtelGlobal, registered } from '@tokenmeter/meter'
import type { Configuration } from './configuration.ts'
import type { Environment } from './environment.ts'
import { chooseExporters } from './exporter-choice.ts'
import { prepareLogs } from './log-signal.ts'
import { writesLines } from './logs/call-log.ts'
import { prepareMetrics } from './metric-signal.ts'
import type { ScrubbingNet } from './net/net.ts'
import type { DeliveryReport } from './otlp/delivery-report.ts'
import { createPropagator } from './propagation.ts'
import { createResource } from './resource.ts'
import { sdkModules } from './sdk-modules.ts'
import type { PreparedSignal, StartedSignal } from './signal.ts'
import { prepareTraces } from './trace-signal.ts'

/**
 * Puts together the parts of the SDK for which the application has nothing of its own.
 *
 * @param net through which everything goes that is exported.
 */
export function prepareSdk(
  configuration: Configuration,
  environment: Environment,
  report: DeliveryReport,
  net: ScrubbingNet | undefined,
): PreparedSignal {
  if (configuration.settings.sdk === 'join') return NO_SDK
  if (environment.text('OTEL_CONFIG_FILE')) return sdkFromFile()
  const exporters = chooseExporters(configuration, environment)
  const resource = createResource(configuration.settings.serviceName, environment)
  // The lines of a log say which calls belong together, even where nobody gets the spans.
  const needsTraces = exporters.traces.length > 0 || writesLines(configuration.settings)
  const signals = [
    ...(wanted('metrics', exporters.metrics.length > 0)
      ? [prepareMetrics(exporters.metrics, configuration.settings, resource, environment, report, net)]
      : []),
    ...(wanted('trace', needsTraces) ? [prepareTraces(exporters.traces, resource, environment, report, net)] : []),
    ...(wanted('logs', exporters.logs.length > 0)
      ? [prepareLogs(exporters.logs, resource, environment, report, net)]
      : []),
  ]
  const startContext = prepareContext(environment)
  return {
    outlets: signals.flatMap((signal) => signal.outlets),
    sdkFlushes: signals.flatMap((signal) => signal.sdkFlushes),
    start: () => {
      const stopContext = startContext()
      return together(
        signals.map((signal) => signal.start()),
        stopContext,
      )
    },
  }
}

/** Nothing to start: the application has an SDK, or will have one. */
export const NO_SDK: PreparedSignal = {
  outlets: [],
  sdkFlushes: [],
  start: () => ({ shutdown: () => Promise.resolve() }),
}

const wanted = (slot: OtelGlobal, isAsked: boolean): boolean => isAsked && !joins(slot)

function joins(slot: OtelGlobal): boolean {
  const joined = registered(slot) !== undefined
  if (joined) diag.info(`joins the OpenTelemetry SDK of the application for ${slot}`)
  return joined
}

/** A declarative configuration describes a whole SDK, readers and all, so that is what is started. */
function sdkFromFile(): PreparedSignal {
  let sdk: StartedSignal | undefined
  return {
    outlets: [],
    sdkFlushes: [() => sdk?.shutdown() ?? Promise.resolve()],
    start: () => {
      diag.info('starts the OpenTelemetry SDK that OTEL_CONFIG_FILE describes; /metrics is there if the file says so')
      // It sets a logger of its own, and is loud about replacing one.
      diag.disable()
      return (sdk = sdkModules.sdkNode().startNodeSdk())
    },
  }
}

function prepareContext(environment: Environment): () => () => void {
  const propagator = createPropagator(environment)
  return () => {
    const undo: (() => void)[] = []
    if (!registered('context')) {
      const { AsyncLocalStorageContextManager } = sdkModules.contextAsyncHooks()
      context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
      undo.push(() => context.disable())
    }
    if (propagator && !registered('propagation')) {
      propagation.setGlobalPropagator(propagator)
      undo.push(() => propagation.disable())
    }
    return () => {
      for (const step of undo) step()
    }
  }
}

function together(signals: readonly StartedSignal[], stopContext: () => void): StartedSignal {
  const endpoint = signals.find((signal) => signal.endpoint)?.endpoint
  return {
    ...(endpoint && { endpoint }),
    shutdown: async () => {
      endpoint?.close()
      await Promise.allSettled(signals.map((signal) => signal.shutdown()))
      stopContext()
    },
  }
}
