import { isInternalThread } from 'node:worker_threads'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { installLoadHook, provideScrubber, type Watch, watchOpenAI } from '@tokenmeter/instrumentation-openai/watch'
import type { Budgets, BudgetOptions } from '@tokenmeter/budget'
import {
  type CallLogRecord,
  CAPTURE_VARIABLE,
  type CaptureMode,
  registered,
  setAttributionBaggage,
} from '@tokenmeter/meter'
import type { ScrubOptions } from '@tokenmeter/scrub'
import { budgetModule } from './budget-module.ts'
import { type Configuration, configure, type RegisterOptions } from './configuration.ts'
import { Environment, type Problem } from './environment.ts'
import { watchExit } from './exit.ts'
import { type CallLog, createCallLog } from './logs/call-log.ts'
import { ScrubbingNet } from './net/net.ts'
import { DeliveryReport } from './otlp/delivery-report.ts'
import { EXIT_BOUND_MS, LastFlush } from './otlp/last-flush.ts'
import { NO_SDK, prepareSdk } from './sdk.ts'
import { scrubModule } from './scrub-module.ts'
import type { Settings } from './settings.ts'
import type { PreparedSignal, StartedSignal } from './signal.ts'
import { stderrLogger } from './stderr-logger.ts'
import { startViewerThread, viewerEnvironment } from './viewer-thread.ts'

/** What `register` has started. */
export interface Tokenmeter {
  /** The address of `/metrics`, once it listens; `undefined` if it is off, cannot listen, or belongs to the SDK that was joined. */
  readonly metricsUrl: Promise<string | undefined>
  /**
   * Delivers everything that has been measured. At the end of a process this happens by itself; it is for functions that are
   * frozen between requests. Never rejects.
   *
   * @param timeoutMs resolves after this time at the latest; 2000 by default
   */
  flush(timeoutMs?: number): Promise<void>
  /** Delivers everything, stops watching, closes `/metrics` and shuts down what was started. Never rejects. */
  shutdown(): Promise<void>
}

interface Registration {
  readonly handle: Tokenmeter
  readonly settings: Settings | undefined
}

/** On the global object, because the ESM and the CJS copy of this module are one to the application. */
const REGISTRATION = Symbol.for('tokenmeter.node')
const registry = globalThis as { [REGISTRATION]?: Registration | undefined }

/** The longest that content which waits to be scrubbed may hold up the end of a process. What is not clean by then is not recorded. */
const SETTLE_MS = 500

const LOG_LEVELS = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
}

/**
 * Starts to measure every openai client of this process: the OpenTelemetry SDK with OTLP and `/metrics`, unless the application
 * has one, and the watch over the client. To be called before `openai` is loaded.
 *
 * Called again, it returns what the first call started. With `OTEL_SDK_DISABLED=true` it starts nothing.
 *
 * @throws Error only with the setting `strict`, when a setting is wrong; otherwise each wrong setting is one line on stderr
 */
export function register(options: RegisterOptions = {}): Tokenmeter {
  // The thread of asynchronous module loaders is handed every preload, too, but runs no application.
  if (isInternalThread) return NOTHING
  const present = registry[REGISTRATION]
  if (present) return again(present, options)
  const environment = new Environment(process.env)
  const registration = environment.flag('OTEL_SDK_DISABLED')
    ? { handle: NOTHING, settings: undefined }
    : begin(options, environment)
  registry[REGISTRATION] = registration
  return registration.handle
}

const NOTHING: Tokenmeter = {
  metricsUrl: Promise.resolve(undefined),
  flush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
}

function again({ handle, settings }: Registration, options: RegisterOptions): Tokenmeter {
  const names = Object.keys(options) as (keyof Settings)[]
  const ignored = settings
    ? names.filter((name) => options[name] !== undefined && options[name] !== settings[name])
    : []
  if (ignored.length > 0) diag.warn(`register() was called before; these options come too late: ${ignored.join(', ')}`)
  return handle
}

function begin(options: RegisterOptions, given: Environment): Registration {
  const configuration = configure(options, given)
  const { settings } = configuration
  const environment = settings.viewer === false ? given : viewerEnvironment(given, process.env, settings.viewer)
  const level = environment.choice(['OTEL_LOG_LEVEL'], Object.keys(LOG_LEVELS) as (keyof typeof LOG_LEVELS)[], 'warn')
  const report = new DeliveryReport()
  const scrubOptions = scrubOptionsOf(settings)
  const net = settings.scrub === 'off' ? undefined : new ScrubbingNet(settings.scrub, scrubOptions)
  const lines = net && netForLines(scrubOptions)
  const { sdk, failure } = prepare(configuration, environment, report, net)
  const problems = [...configuration.problems, ...environment.problems]
  if (settings.strict && problems.length > 0) throw new Error(refusal(problems))
  const logger = registered('diag') ? undefined : stderrLogger(undefined, lines && ((line) => lines.text(line)))
  const logLevel = LOG_LEVELS[level]
  if (logger) diag.setLogger(logger, { logLevel })
  for (const problem of [...problems, ...failure]) diag.warn(problem)
  const started = start(sdk)
  if (logger) diag.setLogger(logger, { logLevel, suppressOverrideMessage: true })
  const stopViewer = settings.viewer === false ? undefined : startViewerThread(settings.viewer)
  const shown = { ...started, shutdown: () => shutDown(started, stopViewer) }
  return {
    handle: watch(settings, limitOf(settings, options, environment), net, sdk, shown, report),
    settings,
  }
}

/** The viewer last: what the others still deliver goes there. */
async function shutDown(started: StartedSignal, stopViewer: (() => Promise<void>) | undefined): Promise<void> {
  await started.shutdown()
  await stopViewer?.()
}

function refusal(problems: readonly Problem[]): string {
  return `tokenmeter is not configured rightly, and is told to be strict:\n${problems.map((line) => `- ${line}`).join('\n')}`
}

interface Preparation {
  readonly sdk: PreparedSignal
  readonly failure: readonly Problem[]
}

/**
 * Whoever runs the process has the last word: what the variable says, code may lower and not raise. Where the scrubber that was asked for cannot be had, nothing
 * is captured.
 */
function limitOf({ capture, scrubber }: Settings, options: RegisterOptions, environment: Environment): CaptureMode {
  if (options.scrubber !== undefined && scrubber === undefined) return 'NO_CONTENT'
  return environment.text(CAPTURE_VARIABLE) === undefined ? 'SPAN_AND_EVENT' : capture
}

/** Addresses stay in our lines on stderr: where the Collector is, and what a port is bound to, is what they are about. */
function netForLines(options: ScrubOptions | undefined): ScrubbingNet {
  return new ScrubbingNet('own', { ...options, classes: { ...options?.classes, ipv4: false, ipv6: false } })
}

/** A scrubber of the application's own is for content: what leaves beside is scrubbed by ours. */
function scrubOptionsOf({ scrubber }: Settings): ScrubOptions | undefined {
  return scrubber && !('scrub' in scrubber) ? scrubber : undefined
}

function prepare(
  configuration: Configuration,
  environment: Environment,
  report: DeliveryReport,
  net: ScrubbingNet | undefined,
): Preparation {
  try {
    return { sdk: prepareSdk(configuration, environment, report, net), failure: [] }
  } catch (error) {
    return {
      sdk: NO_SDK,
      failure: [`the OpenTelemetry SDK cannot be prepared (${String(error)}); nothing is exported`],
    }
  }
}

function start(sdk: PreparedSignal): StartedSignal {
  try {
    return sdk.start()
  } catch (error) {
    diag.error(`the OpenTelemetry SDK cannot be started (${String(error)}); nothing is exported`)
    return { shutdown: () => Promise.resolve() }
  }
}

function startLog(settings: Settings): CallLog | undefined {
  try {
    return createCallLog(settings)
  } catch (error) {
    diag.error(`the log of calls cannot be written (${String(error)})`)
    return undefined
  }
}

/** @param options as the setting has read them. */
function startBudgets(options: Settings['budgets']): Budgets | undefined {
  try {
    return options === undefined ? undefined : budgetModule().createBudgets(options as BudgetOptions)
  } catch (error) {
    diag.error(`budgets cannot be kept (${String(error)})`)
    return undefined
  }
}

function watch(
  settings: Settings,
  captureLimit: CaptureMode,
  net: ScrubbingNet | undefined,
  sdk: PreparedSignal,
  started: StartedSignal,
  report: DeliveryReport,
): Tokenmeter {
  const { semconv, maxLabelValues, administration, providers, streamUsage, streamUsageHosts, estimates } = settings
  const { capture, maxMessageBytes, maxCallBytes, captureMedia, captureToolSchemas, contentHook, scrubber } = settings
  const { metricAttribution, baggage, prices, azure, currency, priceRefresh, logs, onCall } = settings
  const log = startLog(settings)
  const budgets = startBudgets(settings.budgets)
  const clean = (line: CallLogRecord): CallLogRecord => net?.line(line) ?? line
  let calls: Watch | undefined
  try {
    installLoadHook()
    provideScrubber(() => scrubModule().createScrubber)
    if (baggage) setAttributionBaggage(baggage)
    calls = watchOpenAI({
      semconv,
      maxLabelValues,
      metricAttribution,
      administration,
      providers,
      streamUsage,
      streamUsageHosts,
      estimates,
      capture,
      captureLimit,
      maxMessageBytes,
      maxCallBytes,
      captureMedia,
      captureToolSchemas,
      ...(contentHook && { contentHook }),
      ...(scrubber && { scrubber }),
      ...(prices !== undefined && { prices }),
      ...(azure && { azure }),
      ...(currency && { currency }),
      ...(priceRefresh && { priceRefresh }),
      ...(logs === 'otel' && { logRecords: true }),
      ...(log && { log: (call) => log.record(call, clean) }),
      ...(onCall && { onCall }),
      ...(budgets && { gate: budgets }),
    })
    calls.warmUp()
  } catch (error) {
    diag.error(`openai clients cannot be watched (${String(error)})`)
  }
  const endCalls = (): void => {
    calls?.endOpenCalls()
    calls?.settleContent(SETTLE_MS)
  }
  const lastFlush = new LastFlush(sdk.outlets, sdk.sdkFlushes, report, endCalls, log?.lines, budgets)
  const unwatchExit = watchExit(lastFlush)
  let ended: Promise<void> | undefined
  return {
    metricsUrl: started.endpoint?.url ?? Promise.resolve(undefined),
    flush: (timeoutMs = EXIT_BOUND_MS) => {
      calls?.settleContent(SETTLE_MS)
      return lastFlush.flush(timeoutMs)
    },
    shutdown: () => (ended ??= end()),
  }

  async function end(): Promise<void> {
    endCalls()
    calls?.stop()
    if (settings.baggage) setAttributionBaggage({})
    unwatchExit()
    await lastFlush.end(() => started.shutdown())
    await budgets?.close()
    registry[REGISTRATION] = undefined
  }
}
