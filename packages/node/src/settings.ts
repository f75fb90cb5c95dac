import { resolve } from 'node:path'
import type { MetricProducer } from '@opentelemetry/sdk-metrics'
import {
  type EstimateSetting,
  PROVIDER_NAMES_FORM,
  type ProviderNames,
  readProviderNames,
  readStreamUsageHosts,
  STREAM_USAGE_HOSTS_FORM,
} from '@tokenmeter/instrumentation-openai/watch'
import type { BudgetOptions, BudgetSettings } from '@tokenmeter/budget'
import {
  type AttributionLabel,
  BAGGAGE_FORM,
  type BaggageSettings,
  type Call,
  METRIC_ATTRIBUTION_FORM,
  readBaggageSettings,
  readMetricAttribution,
} from '@tokenmeter/meter'
import {
  AZURE_SETTINGS_FORM,
  type AzureSettings,
  CURRENCY_FORM,
  type CurrencySettings,
  PRICE_REFRESH_FORM,
  type PriceFile,
  type PriceFileError,
  type PriceRefreshSettings,
  readAzureSettings,
  readCurrency,
  readPriceRefresh,
  readPrices,
} from '@tokenmeter/pricing'
import { budgetModule } from './budget-module.ts'
import { CONTENT_SETTINGS, type ContentSettings } from './content-settings.ts'
import type { Setting } from './setting.ts'
import { ON_OR_OFF, oneWordOf, readSwitch, readText, wholeNumber } from './setting-readers.ts'
import { VIEWER_PORT } from './viewer-thread.ts'
import type { LineWriter } from './logs/writer-lines.ts'

/** Everything that can be set, after all sources have been read. */
export interface Settings extends ContentSettings {
  readonly serviceName: string | undefined
  readonly sdk: 'start' | 'join'
  readonly otlp: boolean
  readonly metricsEndpoint: boolean
  readonly metricsHost: string
  readonly metricsPort: number
  readonly semconv: 'v0.1.0' | 'v1.41'
  readonly maxLabelValues: number
  readonly metricAttribution: readonly AttributionLabel[]
  readonly baggage: BaggageSettings | undefined
  readonly administration: boolean
  readonly providers: ProviderNames
  readonly streamUsage: boolean
  readonly streamUsageHosts: readonly string[]
  readonly estimates: EstimateSetting
  readonly prices: PriceFile | string | undefined
  readonly azure: AzureSettings | undefined
  readonly currency: CurrencySettings | undefined
  readonly priceRefresh: PriceRefreshSettings | undefined
  readonly logs: 'off' | 'json' | 'otel' | LineWriter | undefined
  readonly logFile: string | undefined
  readonly logFileMaxBytes: number
  readonly logFileMaxCount: number
  readonly budgets: BudgetOptions | readonly BudgetSettings[] | string | undefined
  readonly viewer: number | false
  readonly strict: boolean
  readonly onCall: ((call: Call) => void) | undefined
  readonly metricProducers: readonly MetricProducer[]
}

const readLogsWord = oneWordOf('off', 'json', 'otel')

function readLogs(value: unknown): Settings['logs'] {
  if (typeof value !== 'object' || value === null) return readLogsWord(value)
  return typeof (value as Partial<LineWriter>).write === 'function' ? (value as LineWriter) : undefined
}

/** The process may go elsewhere later. */
function readPath(value: unknown): string | undefined {
  const path = readText(value)
  return path && resolve(path)
}

const readPort = wholeNumber(1, 65_535)

/** The port of the viewer. */
function readViewer(value: unknown): number | false | undefined {
  // 1 is a port that nobody wants.
  const isOn = readSwitch(value)
  return isOn === undefined ? readPort(value) : isOn && VIEWER_PORT
}

function readProviders(value: unknown): ProviderNames | undefined {
  const names = readProviderNames(value)
  if (!names) return undefined
  return typeof value === 'string' ? Object.fromEntries(names) : (value as ProviderNames)
}

/** Loads the package of budgets, which is for those who have some. */
function readBudgetSetting(value: unknown): BudgetOptions {
  try {
    return budgetModule().readBudgets(value)
  } catch (error) {
    throw withoutLines(error)
  }
}

/** Read once, so that what is wrong in a file is known at the start, and what is right is not read again. */
function readPriceSetting(value: unknown): PriceFile {
  try {
    return { prices: readPrices(value) }
  } catch (error) {
    throw withoutLines(error)
  }
}

/** An error with a line for each wrong field, as one line. */
function withoutLines(error: unknown): unknown {
  const { message, problems } = error as Partial<PriceFileError>
  if (!problems) return error
  const [file] = String(message).split(' cannot be used:')
  return new Error(`${file} cannot be used: ${problems.join('; ')}`, { cause: error })
}

/** All settings, in the order in which people should read about them. What belongs to `pricing` is a getter or a function: it is loaded by those who set it, or get it wrong. */
export const SETTINGS: { readonly [Name in keyof Settings]: Setting<Settings[Name]> } = {
  serviceName: {
    variables: ['OTEL_SERVICE_NAME'],
    fallback: undefined,
    accepts: 'a text',
    description: 'Name of the service. A `service.name` in `OTEL_RESOURCE_ATTRIBUTES` is stronger than the option',
    read: readText,
  },
  sdk: {
    variables: ['TOKENMETER_SDK'],
    fallback: 'start',
    accepts: 'start or join',
    description:
      '`start` starts an OpenTelemetry SDK for every signal that has none yet; `join` never starts one and uses what the application starts, before or later',
    read: oneWordOf('start', 'join'),
  },
  otlp: {
    variables: ['TOKENMETER_OTLP'],
    fallback: true,
    accepts: ON_OR_OFF,
    description: 'Whether spans, metrics and log records are sent to a Collector',
    read: readSwitch,
  },
  metricsEndpoint: {
    variables: ['TOKENMETER_METRICS_ENDPOINT'],
    fallback: true,
    accepts: ON_OR_OFF,
    description: 'Whether Prometheus can pull the metrics from `/metrics`',
    read: readSwitch,
  },
  metricsHost: {
    variables: ['OTEL_EXPORTER_PROMETHEUS_HOST', 'TOKENMETER_METRICS_HOST'],
    fallback: '127.0.0.1',
    accepts: 'a host name or an address',
    description: 'Interface on which `/metrics` listens; `0.0.0.0` lets other machines read it',
    read: readText,
  },
  metricsPort: {
    variables: ['OTEL_EXPORTER_PROMETHEUS_PORT', 'TOKENMETER_METRICS_PORT'],
    fallback: 8000,
    accepts: 'a whole number from 0 to 65535',
    description: 'Port of `/metrics`; 0 takes any free one',
    read: wholeNumber(0, 65535),
  },
  semconv: {
    variables: ['TOKENMETER_SEMCONV'],
    fallback: 'v0.1.0',
    accepts: 'v0.1.0 or v1.41',
    description: 'Version of the GenAI semantic conventions by which spans, metrics and events are named',
    read: oneWordOf('v0.1.0', 'v1.41'),
  },
  maxLabelValues: {
    variables: ['TOKENMETER_MAX_LABEL_VALUES'],
    fallback: 200,
    accepts: 'a whole number from 1 to 10000',
    description: 'How many values a label takes in one process, models before all; the rest are counted as `other`',
    read: wholeNumber(1, 10_000),
  },
  metricAttribution: {
    variables: ['TOKENMETER_METRIC_ATTRIBUTION'],
    fallback: [],
    accepts: METRIC_ATTRIBUTION_FORM,
    description:
      'What of `withAI` counters have as labels. Every combination of values is a series of its own, and `user` tells who your users are to all who read metrics',
    read: readMetricAttribution,
  },
  baggage: {
    variables: ['TOKENMETER_BAGGAGE_IN', 'TOKENMETER_BAGGAGE_OUT'],
    fields: ['in', 'out'],
    fallback: undefined,
    accepts: `${BAGGAGE_FORM}; in variables feature,tenant`,
    description:
      'What of `withAI` is taken from the W3C baggage of incoming requests (`in`: only where strangers cannot send it), and what is put there for other services (`out`: they and everybody else you call get it, but for the provider)',
    read: readBaggageSettings,
  },
  administration: {
    variables: ['TOKENMETER_ADMINISTRATION'],
    fallback: false,
    accepts: ON_OR_OFF,
    description: 'Whether requests that manage things, such as files and models, are measured, too',
    read: readSwitch,
  },
  providers: {
    variables: ['TOKENMETER_PROVIDERS'],
    fallback: {},
    accepts: PROVIDER_NAMES_FORM,
    description:
      'Who answers at hosts that only you know, by host or by host and port: for the label `provider`, and for the prices that hold. Stronger than what we know of a host',
    read: readProviders,
  },
  streamUsage: {
    variables: ['TOKENMETER_STREAM_USAGE'],
    fallback: true,
    accepts: ON_OR_OFF,
    description:
      'Whether hosts that are known to tell the usage of a stream (OpenAI, Azure OpenAI, DeepSeek, Groq) are asked for it where the application does not ask; the application does not see the answer',
    read: readSwitch,
  },
  streamUsageHosts: {
    variables: ['TOKENMETER_STREAM_USAGE_HOSTS'],
    fallback: [],
    accepts: STREAM_USAGE_HOSTS_FORM,
    description: 'More hosts, with a port or without, that are known to tell the usage of a stream when asked',
    read: readStreamUsageHosts,
  },
  estimates: {
    variables: ['TOKENMETER_ESTIMATES'],
    fallback: 'characters',
    accepts: 'characters, gpt-tokenizer or off',
    description:
      'How tokens are estimated of a stream that told no usage: from its characters, or by `gpt-tokenizer`, which you install and which takes 65 MB of memory. Estimates have metrics and attributes of their own',
    read: oneWordOf('characters', 'gpt-tokenizer', 'off'),
  },
  prices: {
    variables: ['TOKENMETER_PRICES'],
    fallback: undefined,
    accepts: 'the path of a JSON file, or in code what such a file holds',
    description:
      'Prices of your own, which win over all others; `@tokenmeter/pricing` says how they are written. A path is relative to where the process was started',
    read: readPriceSetting,
  },
  azure: {
    variables: ['TOKENMETER_AZURE_DEPLOYMENTS', 'TOKENMETER_AZURE_ZONE'],
    fields: ['deployments', 'zone'],
    fallback: undefined,
    get accepts() {
      return `${AZURE_SETTINGS_FORM}; in variables my-deploy=gpt-4o-mini,other=gpt-4o and eu`
    },
    description:
      'What Azure does not say: the models behind its deployments, and the zone in which they process (`global`, or the data zones `eu` and `us`)',
    read: (value) => readAzureSettings(value, 'azure'),
  },
  currency: {
    variables: [
      'TOKENMETER_CURRENCY',
      'TOKENMETER_CURRENCY_RATE',
      'TOKENMETER_CURRENCY_DATE',
      'TOKENMETER_CURRENCY_SOURCE',
      'TOKENMETER_CURRENCY_MAX_AGE_DAYS',
    ],
    fields: ['code', 'rate', 'date', 'source', 'maxAgeDays'],
    fallback: undefined,
    get accepts() {
      return CURRENCY_FORM
    },
    description:
      'A currency that costs are shown in beside USD, at a rate that you answer for; one that is older than `maxAgeDays` is warned about once',
    read: (value) => readCurrency(value, 'currency'),
  },
  priceRefresh: {
    variables: [
      'TOKENMETER_PRICE_REFRESH_URL',
      'TOKENMETER_PRICE_REFRESH_FILE',
      'TOKENMETER_PRICE_REFRESH_EVERY_HOURS',
    ],
    fields: ['url', 'file', 'everyHours'],
    fallback: undefined,
    get accepts() {
      return PRICE_REFRESH_FORM
    },
    description:
      'Where new prices come from while the process runs: an address or a file, at the start and then every so many hours; `@tokenmeter/pricing` says what is refused',
    read: (value) => {
      // Checked; whoever uses it reads it again, texts of variables and all.
      readPriceRefresh(value, 'priceRefresh')
      return value as PriceRefreshSettings
    },
  },
  logs: {
    variables: ['TOKENMETER_LOGS'],
    fallback: undefined,
    accepts: 'off, json or otel, or in code a stream or an object with a function write',
    description:
      'A line of JSON for every call: `json` on stdout, or in `logFile`; a stream or `{ write(line) }` gets the lines; `otel` makes a log record of each for the LoggerProvider instead. [docs/logs.md](../../docs/logs.md)',
    read: readLogs,
  },
  logFile: {
    variables: ['TOKENMETER_LOG_FILE'],
    fallback: undefined,
    accepts: 'the path of a file',
    description: 'File for the lines; where `logs` says nothing, it is `json` then',
    read: readPath,
  },
  logFileMaxBytes: {
    variables: ['TOKENMETER_LOG_FILE_MAX_BYTES'],
    fallback: 10_485_760,
    accepts: 'a whole number from 4096 to 1099511627776',
    description: 'Bytes of a file before it is moved to `….1` and a new one begins',
    read: wholeNumber(4096, 1_099_511_627_776),
  },
  logFileMaxCount: {
    variables: ['TOKENMETER_LOG_FILE_MAX_COUNT'],
    fallback: 5,
    accepts: 'a whole number from 1 to 1000',
    description: 'Files that are kept, the one that is written included',
    read: wholeNumber(1, 1000),
  },
  budgets: {
    variables: ['TOKENMETER_BUDGETS'],
    fallback: undefined,
    accepts: 'the path of a JSON file, or in code what such a file holds, or a list of budgets',
    description:
      'What calls may cost, and who is told before: `@tokenmeter/budget` says how budgets are written. A path is relative to where the process was started',
    read: readBudgetSetting,
  },
  ...CONTENT_SETTINGS,
  viewer: {
    variables: ['TOKENMETER_VIEWER'],
    fallback: false,
    accepts: 'on, off or a port from 1 to 65535',
    description:
      'For development: a page with the calls at `http://127.0.0.1:4320`, to which everything is sent instead of a Collector; several processes share one. Needs `@tokenmeter/viewer`',
    read: readViewer,
  },
  strict: {
    variables: ['TOKENMETER_STRICT'],
    fallback: false,
    accepts: ON_OR_OFF,
    description: 'Whether a wrong setting stops the start, with an error that lists all of them',
    read: readSwitch,
  },
  onCall: {
    variables: [],
    fallback: undefined,
    accepts: 'a function',
    description: 'Called with the record of every finished call',
    read: (value) => (typeof value === 'function' ? (value as (call: Call) => void) : undefined),
  },
  metricProducers: {
    variables: [],
    fallback: [],
    accepts: 'an array of OpenTelemetry MetricProducers',
    description: 'More sources of metrics for `/metrics` and OTLP',
    read: (value) => (Array.isArray(value) ? (value as readonly MetricProducer[]) : undefined),
  },
}
