import { diag } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startCollector } from '../../test/support/collector.ts'
import { DeliveryReport } from './delivery-report.ts'
import { OtlpSender } from './sender.ts'

const warnings: string[] = []

const ignore = (): void => {}

beforeEach(() => {
  warnings.length = 0
  const warn = (message: string): void => void warnings.push(message)
  diag.setLogger({ error: warn, warn, info: ignore, debug: ignore, verbose: ignore })
})
afterEach(() => diag.disable())

function senderTo(url: string, timeoutMs = 10_000, report = new DeliveryReport()) {
  const target = { url: `${url}/v1/traces`, headers: {}, gzip: false, timeoutMs, tls: {} }
  return { report, sender: new OtlpSender('traces', target, report) }
}

const request = () => ({ body: Buffer.from('spans'), count: 3 })

test('a request that is accepted is delivered', async () => {
  await using collector = await startCollector()
  const { sender } = senderTo(collector.url)
  expect(await sender.send(request())).toBe(true)
  expect(collector.deliveries.map(({ path, text }) => [path, text])).toEqual([['/v1/traces', 'spans']])
})

test('a request that is refused for good is lost, and told in one warning for the whole process', async () => {
  await using collector = await startCollector(400)
  const { sender } = senderTo(collector.url)
  expect([await sender.send(request()), await sender.send(request())]).toEqual([false, false])
  expect(collector.deliveries).toHaveLength(2)
  expect(warnings).toEqual([
    `cannot deliver to the OpenTelemetry Collector at ${collector.url} (HTTP 400 Bad Request); the application is not affected. ` +
      'Set OTEL_EXPORTER_OTLP_ENDPOINT to where it is, or TOKENMETER_OTLP=off if there is none',
  ])
})

test('the losses are told as a sum, once', async () => {
  await using collector = await startCollector(400)
  const { sender, report } = senderTo(collector.url)
  sender.hurry(true)
  await Promise.all([sender.send(request()), sender.send(request())])
  report.tellLosses()
  report.tellLosses()
  expect(warnings).toEqual([`6 spans could not be delivered to ${collector.url} (HTTP 400 Bad Request)`])
})

test('a server that is only busy is asked again', async () => {
  let askedTwice: ReturnType<typeof senderTo>['sender'] | undefined
  await using collector = await startCollector((index) => {
    askedTwice?.hurry(true)
    return index === 0 ? 503 : 200
  })
  const { sender } = senderTo(collector.url)
  askedTwice = sender
  expect(await sender.send(request())).toBe(true)
  expect(collector.deliveries).toHaveLength(2)
})

test('while the process ends, a Collector that is down is not asked for ever', async () => {
  const { sender, report } = senderTo('http://127.0.0.1:9')
  sender.hurry(true)
  expect(await sender.send(request())).toBe(false)
  report.tellLosses()
  expect(warnings).toEqual(['3 spans could not be delivered to http://127.0.0.1:9 (connect ECONNREFUSED 127.0.0.1:9)'])
})

test('a request that was taken over is not counted as lost', async () => {
  const { sender, report } = senderTo('http://127.0.0.1:9')
  sender.hurry(true)
  const sending = sender.send(request())
  expect(sender.takeUnderWay()).toEqual([request()])
  await sending
  report.tellLosses()
  expect(warnings).toEqual([])
})
