import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { loopback } from '../../../collector/stack/ports.ts'
import { waitFor } from '../../../collector/stack/wait-for.ts'
import { startZipkin } from '../../../collector/stack/zipkin.ts'
import { runApplication } from '../../app/run-application.ts'
import { startProvider } from '../../provider/provider.ts'
import { factsOfRecords, factsOfSpan } from '../servers/call-records.ts'
import { startTestStack } from '../servers/test-stack.ts'

const SERVICE = 'e2e-zipkin'
const LOGICAL_CALLS = 13

interface Found {
  readonly traceId: string
  readonly kind: string
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
}

test('the calls of an application are in Zipkin, and its page is there to look at them', async () => {
  const { zipkin } = await findFreePorts(['zipkin'])
  await using stack = await startTestStack({
    collectorConfigs: ['otelcol.yaml', 'overlays/zipkin.yaml'],
    collectorEnv: { ZIPKIN_URL: loopback(zipkin) },
  })
  await using started = new AsyncDisposableStack()
  started.use(await startZipkin(stack.folder, zipkin))
  await using provider = await startProvider()
  const logFile = join(stack.folder, 'calls.log')
  await runApplication(
    { serviceName: SERVICE, openaiUrl: provider.url, otlpUrl: stack.otlpUrl },
    { TOKENMETER_LOG_FILE: logFile },
  )

  const spans = await waitFor('the spans in Zipkin', async () => {
    const response = await fetch(`${loopback(zipkin)}/api/v2/traces?serviceName=${SERVICE}&limit=100`)
    const found = ((await response.json()) as readonly (readonly Found[])[]).flat()
    return found.length >= LOGICAL_CALLS ? found : undefined
  })
  expect(spans.length).toBe(LOGICAL_CALLS)
  expect(new Map(spans.map(({ traceId, tags }) => [traceId, factsOfSpan(tags)]))).toEqual(await factsOfRecords(logFile))
  const [span] = spans.filter(({ tags }) => tags['gen_ai.request.model'] === 'o4-mini')
  expect(span).toMatchObject({ kind: 'CLIENT', tags: { 'gen_ai.usage.input_tokens': '503' } })
  expect(spans.filter(({ tags }) => tags['error'] !== undefined).length).toBe(3)
  const page = await fetch(`${loopback(zipkin)}/zipkin/`)
  expect(page.headers.get('content-type')).toContain('text/html')
})
