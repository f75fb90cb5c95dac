import type { MeterProvider, TracerProvider } from '@opentelemetry/api'
import {
  type AttributionLabel,
  type EventLoggerProvider,
  guard,
  METRIC_ATTRIBUTION_FORM,
  type PriceCall,
  readMetricAttribution,
  Recorder,
  type RecorderOptions,
  warnOnce,
} from '@tokenmeter/meter'
import { CostTracker } from '@tokenmeter/pricing'
import { afterThisTurn, type BoundOf, CallWatcher } from './call-watcher.ts'
import { type CaptureOptions, contentOptionsOf } from './capture.ts'
import { type EstimateSetting, Estimator } from './estimate/estimator.ts'
import { PROVIDER_NAMES_FORM, type ProviderNames, readProviderNames } from './provider-names.ts'
import { endOpenCalls } from './seam/abandoned.ts'
import { type LatePriceBook, type PriceSettings, priceBookOf, refresherOf } from './price-settings.ts'
import { clientRegistry } from './seam/registry.ts'
import { readStreamUsageHosts, STREAM_USAGE_HOSTS_FORM, StreamUsage, type StreamUsageOptions } from './stream-usage.ts'
import { SCOPE } from './version.ts'
import { warmUp } from './warm-up.ts'

export { CAPTURE_MEDIA, type CaptureOptions } from './capture.ts'
export { provideScrubber, type ScrubberSetting } from './content-scrubber.ts'
export { PROVIDER_NAMES_FORM, type ProviderNames, readProviderNames } from './provider-names.ts'
export type { EstimateSetting } from './estimate/estimator.ts'
export { readStreamUsageHosts, STREAM_USAGE_HOSTS_FORM } from './stream-usage.ts'
export { installLoadHook } from './seam/load-hook.ts'

/** What is recorded, and where to. Everything has a default. */
export interface WatchOptions
  extends Omit<RecorderOptions, 'scope' | 'content'>, StreamUsageOptions, PriceSettings, CaptureOptions {
  /** Default: the global TracerProvider, also one that is registered later. */
  readonly tracerProvider?: TracerProvider
  /** Default: the global MeterProvider. */
  readonly meterProvider?: MeterProvider
  /** Default: the global LoggerProvider. */
  readonly loggerProvider?: EventLoggerProvider
  /** Whether requests that manage things and cost nothing, such as files and models, are calls, too. Default false. */
  readonly administration?: boolean
  /**
   * How tokens are estimated of a stream that told no usage, for hosts that cannot be asked and for streams that were left early. `characters` tells
   * them from the kinds of characters; `gpt-tokenizer` counts, if the package is installed, and takes 65 MB of memory; `off` does not. Default
   * `characters`. An estimate is never in `usage`, `cost` or their metrics.
   */
  readonly estimates?: EstimateSetting
  /**
   * Providers of hosts that only you know, for servers and gateways of your own: `{ 'llm.internal:8080': 'vllm' }`. Without a port a host
   * stands for all its ports. Stronger than everything else that tells the provider. A wrong value is said once, and left out.
   */
  readonly providers?: ProviderNames
}

/** A running watch over the openai clients of this process. */
export interface Watch {
  readonly recorder: Recorder
  /** Begins, or begins again. Harmless when running. */
  start(): void
  /** Loads what calls need in a moment's time, unless it stops before, so that the first call need not wait for it. Keeps no process alive. */
  warmUp(): void
  /** Stops; with the last watch gone, every client method is restored. */
  stop(): void
  /** Ends calls whose answer nobody has read to its end, as `abandoned`: for shutdown. */
  endOpenCalls(): void
  /**
   * Records at once the calls that have ended and whose content waits to be scrubbed: before a function is frozen, or a process ends.
   *
   * @param withinMs what is not clean by then is recorded without its content.
   */
  settleContent(withinMs: number): void
}

/**
 * Watches every openai client class that has been, or will be, handed over: by `installLoadHook`, `instrument` or `OpenAIInstrumentation`.
 * While several watches run, the first one records.
 */
export function watchOpenAI(options: WatchOptions = {}): Watch {
  const watch = createWatch(options)
  watch.start()
  return watch
}

/** Prices by the bundled list; that it cannot be used is said once, and calls stay unpriced. */
function priceFrom(book: LatePriceBook): PriceCall {
  return (call) => {
    const result = book().price(call)
    if (result.unpriced === 'price_table_unavailable') {
      const why = book().problem?.message ?? 'nothing more is known'
      warnOnce('price table', `tokenmeter: a price list cannot be used, so that a call has no cost: ${why}`)
    }
    return result
  }
}

function boundBy(book: LatePriceBook): BoundOf {
  const tracker = new CostTracker({ book: book() })
  // Reading prices takes tens of milliseconds, and the first call would wait for it.
  afterThisTurn(() => tracker.estimateRequest({ model: 'gpt-4o-mini', messages: [] }))
  return (body, context) => tracker.estimateRequest(body, context).upper ?? undefined
}

function providerNamesOf(providers: ProviderNames | undefined): ReadonlyMap<string, string> | undefined {
  if (providers === undefined) return undefined
  return readProviderNames(providers) ?? refuse('providers', providers, PROVIDER_NAMES_FORM)
}

function hostsOf(hosts: readonly string[] = []): readonly string[] {
  return readStreamUsageHosts(hosts) ?? refuse('streamUsageHosts', hosts, STREAM_USAGE_HOSTS_FORM) ?? []
}

function labelsOf(labels: readonly AttributionLabel[] = []): readonly AttributionLabel[] {
  return readMetricAttribution(labels) ?? refuse('metricAttribution', labels, METRIC_ATTRIBUTION_FORM) ?? []
}

function refuse(name: string, value: unknown, form: string): undefined {
  const got = JSON.stringify(value)
  warnOnce(name, `tokenmeter: ${name}: the option is ${got}, but must be ${form}; going on without`)
  return undefined
}

/** The longest that content which waits to be scrubbed may hold up whoever stops a watch, which SDKs do before they shut down. */
const SETTLE_MS = 500

/** A watch that does not run yet. */
export function createWatch({
  tracerProvider,
  meterProvider,
  loggerProvider,
  administration,
  providers,
  streamUsage,
  streamUsageHosts,
  estimates = 'characters',
  prices,
  azure,
  currency,
  priceRefresh,
  metricAttribution,
  ...options
}: WatchOptions): Watch {
  const priceSettings: PriceSettings = {
    ...(prices !== undefined && { prices }),
    ...(azure && { azure }),
    ...(currency && { currency }),
    ...(priceRefresh && { priceRefresh }),
  }
  const book = priceBookOf(priceSettings)
  const refresher = options.price ? undefined : refresherOf(book, priceSettings)
  const price = options.price ?? priceFrom(book)
  const content = contentOptionsOf(options, (dataClass, count) => recorder.countRedactions(dataClass, count))
  const recorder: Recorder = new Recorder({
    ...options,
    ...(content && { content }),
    metricAttribution: labelsOf(metricAttribution),
    price,
    scope: SCOPE,
  })
  if (tracerProvider) recorder.setTracerProvider(tracerProvider)
  if (meterProvider) recorder.setMeterProvider(meterProvider)
  if (loggerProvider) recorder.setLoggerProvider(loggerProvider)
  // Loading prices and reading them takes some milliseconds each: while the first answer is on its way nobody waits.
  const preload = (provider: string, model: string): void => {
    if (options.price) return
    guard('loading prices', () => void book())
    afterThisTurn(() => guard('reading prices', () => void book().resolve(provider, model, Date.now())))
  }
  const asked = new StreamUsage({
    ...(streamUsage !== undefined && { streamUsage }),
    streamUsageHosts: hostsOf(streamUsageHosts),
  })
  const estimator = estimates === 'off' ? undefined : new Estimator(estimates)
  const watcher = new CallWatcher(
    recorder,
    preload,
    asked,
    estimator,
    administration,
    providerNamesOf(providers),
    options.gate && boundBy(book),
  )
  let isRunning = false
  let stopWarmUp: (() => void) | undefined
  return {
    recorder,
    start() {
      if (isRunning) return
      isRunning = true
      recorder.shareContent()
      clientRegistry().addObserver(watcher)
      refresher?.start()
    },
    warmUp() {
      stopWarmUp ??= warmUp(options.price ? [] : [book])
    },
    stop() {
      isRunning = false
      stopWarmUp?.()
      clientRegistry().removeObserver(watcher)
      refresher?.stop()
      recorder.unshareContent()
      recorder.settleContent(SETTLE_MS)
    },
    endOpenCalls,
    settleContent: (withinMs) => recorder.settleContent(withinMs),
  }
}
