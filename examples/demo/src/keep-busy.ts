/** Plays the scenes of the demo over and over, with the telemetry going to a real Collector, until Ctrl-C: `pnpm stack:demo`. */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { deskEnv } from './desk-env.ts'
import { startDesk } from './desk-process.ts'
import { freePort } from './ports.ts'
import { startProvider } from './provider.ts'
import { SCENES } from './scenes.ts'
import { playScenes } from './traffic.ts'

const PAUSE_MS = 2000
const METRICS_PORT = 8000

const interruption = new AbortController()
const { signal: interrupted } = interruption
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort())

await using provider = await startProvider(SCENES)
await using desk = await startDesk(
  deskEnv(process.env, {
    providerUrl: provider.url,
    receiverUrl: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? 'http://127.0.0.1:4318',
    metricsPort: await freePort(METRICS_PORT),
    instanceId: randomUUID(),
  }),
)
console.log(`\nThe support desk answers at ${desk.url}.`)
let customers = 0
while (!interrupted.aborted) {
  const visits = await playScenes(SCENES, { deskUrl: desk.url, interrupted, onVisit: () => {} })
  customers += visits.length
  console.log(`${customers} customers were served.`)
  // Ctrl-C ends the pause.
  await delay(PAUSE_MS, undefined, { signal: interrupted }).catch(() => {})
}
