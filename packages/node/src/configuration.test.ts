import { describe, expect, test } from 'vitest'
import { configure } from './configuration.ts'
import { Environment } from './environment.ts'
import { SETTINGS } from './settings.ts'

const settingsOf = (options: Parameters<typeof configure>[0], variables: Record<string, string> = {}) =>
  configure(options, new Environment(variables))

test('with nothing set, every setting has its default and nothing is wrong', () => {
  const { settings, given, problems } = settingsOf({})
  expect(settings).toEqual(Object.fromEntries(Object.entries(SETTINGS).map(([name, { fallback }]) => [name, fallback])))
  expect([...given]).toEqual([])
  expect(problems).toEqual([])
})

describe('precedence', () => {
  test('an option is stronger than the default', () => {
    expect(settingsOf({ metricsPort: 9000 }).settings.metricsPort).toBe(9000)
  })
  test('our variable is stronger than an option', () => {
    expect(settingsOf({ metricsPort: 9000 }, { TOKENMETER_METRICS_PORT: '9001' }).settings.metricsPort).toBe(9001)
  })
  test("OpenTelemetry's variable is stronger than ours", () => {
    const variables = { TOKENMETER_METRICS_PORT: '9001', OTEL_EXPORTER_PROMETHEUS_PORT: '9002' }
    expect(settingsOf({ metricsPort: 9000 }, variables).settings.metricsPort).toBe(9002)
  })
  test('an empty variable counts as absent', () => {
    expect(settingsOf({ metricsPort: 9000 }, { TOKENMETER_METRICS_PORT: ' ' }).settings.metricsPort).toBe(9000)
  })
})

test.each([
  ['on', true],
  ['TRUE', true],
  ['1', true],
  ['off', false],
  ['no', false],
])('the switch %s is %s', (text, expected) => {
  expect(settingsOf({}, { TOKENMETER_OTLP: text }).settings.otlp).toBe(expected)
})

test('providers are named by one text or by a map, hosts in whatever case', () => {
  const names = { 'llm.internal:8080': 'vllm', 'gateway.example.com': 'openrouter' }
  const text = 'LLM.internal:8080=vllm, gateway.example.com=openrouter'
  expect(settingsOf({}, { TOKENMETER_PROVIDERS: text }).settings.providers).toEqual(names)
  expect(settingsOf({ providers: names }).settings.providers).toEqual(names)
})

test('hosts that tell the usage of a stream are named by one text or by a list', () => {
  const hosts = ['llm.internal:8080', '[::1]', 'gateway.example.com']
  const text = 'LLM.internal:8080, [::1],gateway.example.com'
  expect(settingsOf({}, { TOKENMETER_STREAM_USAGE_HOSTS: text }).settings.streamUsageHosts).toEqual(hosts)
  expect(settingsOf({ streamUsageHosts: hosts }).settings.streamUsageHosts).toEqual(hosts)
})

describe('capture', () => {
  test.each([
    ['span_and_event', 'SPAN_AND_EVENT'],
    ['true', 'SPAN_AND_EVENT'],
    ['No_Content', 'NO_CONTENT'],
  ])('of the variable %s is %s', (text, mode) => {
    const variables = { OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: text }
    expect(settingsOf({ capture: 'EVENT_ONLY' }, variables).settings.capture).toBe(mode)
  })

  test('has caps and a scrubber; what of them is wrong is said with what is right', () => {
    const { settings, problems } = settingsOf(
      { maxCallBytes: 100, scrubber: { timeBudgetMs: -1 }, contentHook: 'store' as never },
      { TOKENMETER_MAX_MESSAGE_BYTES: '2048', TOKENMETER_SCRUB: 'some' },
    )
    expect(settings).toMatchObject({ maxMessageBytes: 2048, maxCallBytes: 65536, scrub: 'own' })
    expect(problems).toEqual([
      'maxCallBytes: the option is 100, but must be a whole number of bytes from 1024 on; going on with 65536',
      'contentHook: the option is "store", but must be a function; going on with nothing',
      'scrub: TOKENMETER_SCRUB is "some", but must be own, all or off; going on with "own"',
      expect.stringContaining('scrubber: '),
    ])
  })
})

describe('what Azure does not say', () => {
  const deployments = { 'my-deploy': 'gpt-4o-mini', other: 'gpt-4o' }

  test('is an option, or a variable for each field', () => {
    const variables = {
      TOKENMETER_AZURE_DEPLOYMENTS: 'my-deploy=gpt-4o-mini, other=gpt-4o',
      TOKENMETER_AZURE_ZONE: 'EU',
    }
    expect(settingsOf({ azure: { deployments, zone: 'eu' } }).settings.azure).toEqual({ deployments, zone: 'eu' })
    expect(settingsOf({}, variables).settings.azure).toEqual({ deployments, zone: 'eu' })
  })
  test('a variable changes its field and leaves the other', () => {
    const variables = { TOKENMETER_AZURE_ZONE: 'us' }
    expect(settingsOf({ azure: { deployments, zone: 'eu' } }, variables).settings.azure).toEqual({
      deployments,
      zone: 'us',
    })
  })
  test('is refused with the field', () => {
    const { settings, problems } = settingsOf({}, { TOKENMETER_AZURE_DEPLOYMENTS: 'my-deploy' })
    expect(settings.azure).toBeUndefined()
    expect(problems).toEqual([
      'azure: TOKENMETER_AZURE_DEPLOYMENTS: azure.deployments must be deployments with their models, such as ' +
        '{ "my-deploy": "gpt-4o-mini" } or "my-deploy=gpt-4o-mini,other=gpt-4o", got "my-deploy"; going on with nothing',
    ])
  })
})

test.each([
  ['that is not there', '/nowhere/prices.json', 'ENOENT'],
  ['without a price list', { prices: 3 } as never, 'the option prices cannot be used: prices must be a list, got 3'],
])('a file of prices %s is one line', (_, prices, why) => {
  const { settings, problems } = settingsOf({ prices })
  expect(settings.prices).toBeUndefined()
  expect(problems).toEqual([expect.stringContaining(why)])
})

describe('a wrong value keeps the default and names the field, what it got, and what it accepts', () => {
  test('in a variable', () => {
    const { settings, problems } = settingsOf({}, { TOKENMETER_METRICS_PORT: '80a0' })
    expect(settings.metricsPort).toBe(8000)
    expect(problems).toEqual([
      'metricsPort: TOKENMETER_METRICS_PORT is "80a0", but must be a whole number from 0 to 65535; going on with 8000',
    ])
  })
  test('in code', () => {
    const { settings, problems } = settingsOf({ semconv: 'v2' as 'v1.41' })
    expect(settings.semconv).toBe('v0.1.0')
    expect(problems).toEqual(['semconv: the option is "v2", but must be v0.1.0 or v1.41; going on with "v0.1.0"'])
  })
  test('in a map of providers', () => {
    const { settings, problems } = settingsOf({}, { TOKENMETER_PROVIDERS: 'http://llm.internal=vLLM' })
    expect(settings.providers).toEqual({})
    expect(problems).toEqual([
      'providers: TOKENMETER_PROVIDERS is "http://llm.internal=vLLM", but must be hosts with their providers in lower case, such as ' +
        'llm.internal:8080=vllm,gateway.example.com=openrouter, or in code { "llm.internal:8080": "vllm" }; going on with {}',
    ])
  })
  test('in a list of hosts', () => {
    const { settings, problems } = settingsOf({ streamUsageHosts: ['https://llm.internal/v1'] })
    expect(settings.streamUsageHosts).toEqual([])
    expect(problems).toEqual([
      'streamUsageHosts: the option is ["https://llm.internal/v1"], but must be hosts, such as llm.internal:8080,gateway.example.com, ' +
        'or in code ["llm.internal:8080"]; going on with []',
    ])
  })
  test('and all of them are told at once', () => {
    const variables = { TOKENMETER_SDK: 'maybe', TOKENMETER_MAX_LABEL_VALUES: '0', TOKENMETER_STRICT: 'perhaps' }
    expect(settingsOf({ onCall: 'log' as never }, variables).problems).toHaveLength(4)
  })
})

describe('a name that nobody knows', () => {
  test('gets the nearest option that exists', () => {
    expect(settingsOf({ metricPort: 1 } as object).problems).toEqual([
      'there is no option "metricPort"; did you mean metricsPort?',
    ])
  })
  test('gets the nearest variable that exists', () => {
    expect(settingsOf({}, { TOKENMETER_METRIC_PORT: '1' }).problems).toEqual([
      'there is no variable TOKENMETER_METRIC_PORT; did you mean TOKENMETER_METRICS_PORT?',
    ])
  })
  test('gets no suggestion when nothing is near', () => {
    expect(settingsOf({ zebra: 1 } as object).problems).toEqual(['there is no option "zebra"'])
  })
})
