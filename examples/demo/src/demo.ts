import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Viewer } from '@tokenmeter/viewer'
import { deskEnv } from './desk-env.ts'
import { type Desk, startDesk } from './desk-process.ts'
import { LiveLine } from './live-line.ts'
import { readSamples, type Sample, sum } from './metrics-page.ts'
import type { Options } from './options.ts'
import { freePort, LOOPBACK } from './ports.ts'
import { type Provider, startProvider } from './provider.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { agrees, reconcile } from './reconcile.ts'
import {
  announcement,
  callSection,
  checkSection,
  invitation,
  metricsSection,
  nextSteps,
  progress,
  section,
} from './report.ts'
import { type Scene, SCENES } from './scenes.ts'
import { settle } from './settle.ts'
import { playScenes, surprises } from './traffic.ts'
import { type PageTotals, readPageTotals, startPage } from './viewer-page.ts'

/** Where Tokenmeter serves `/metrics` unless told otherwise. */
const METRICS_PORT = 8000

/** What a shell reports for a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130

interface Stage {
  readonly scenes: readonly Scene[]
  /** Absent when the real service is called. */
  readonly provider: Provider | undefined
  readonly receiver: Receiver
  readonly viewer: Viewer
  /** Milliseconds since the epoch. */
  readonly started: number
  readonly desk: Desk
  readonly metricsUrl: string
  readonly instanceId: string
  /** Aborts at Ctrl-C. */
  readonly interrupted: AbortSignal
}

/** Runs the demo from start to end and gives the exit code; whatever it started has ended when it returns. */
export async function run(options: Options): Promise<number> {
  const interrupted = interruption()
  const scenes = options.real ? SCENES.filter(canBeReal) : SCENES
  await using provider = options.real ? undefined : await startProvider(scenes)
  const started = Date.now()
  await using viewer = await startPage()
  await using receiver = await startReceiver(viewer.url)
  const metricsPort = await freePort(METRICS_PORT)
  const wiring = { providerUrl: provider?.url, receiverUrl: receiver.url, metricsPort, instanceId: randomUUID() }
  await using desk = await startDesk(deskEnv(process.env, wiring))
  const metricsUrl = `http://${LOOPBACK}:${metricsPort}/metrics`

  console.log(announcement({ ...wiring, deskUrl: desk.url, metricsUrl, pageUrl: viewer.url }))
  if (metricsPort !== METRICS_PORT) {
    console.log(`\n  Port ${METRICS_PORT} is taken, so /metrics is on port ${metricsPort} this time.`)
  }
  const code = await play({ ...wiring, scenes, provider, receiver, viewer, started, desk, metricsUrl, interrupted })
  if (options.keep && !interrupted.aborted) {
    console.log(invitation(desk.url, metricsUrl, viewer.url))
    await Promise.race([once(interrupted, 'abort'), desk.ended])
  }
  return code
}

/** Plays the scenes, prints what was measured, and gives the exit code. */
async function play(stage: Stage): Promise<number> {
  const { scenes, receiver, provider, desk, metricsUrl, viewer, started, interrupted } = stage
  const failures = surprises(await perform(stage))
  if (interrupted.aborted) return INTERRUPTED
  const samples = await readMetrics(stage)

  console.log(callSection(receiver.calls))
  console.log(metricsSection(metricsUrl, samples))
  if (failures.length > 0) console.log(section('The support desk did not behave as planned', failures))
  if (desk.output.length > 0) console.log(section('The support desk also wrote', desk.output))
  const page = await readPageTotals(viewer, started)
  const equal = provider ? compare(provider, samples, receiver, page) : receiver.calls.length >= scenes.length
  console.log(nextSteps())
  return equal && failures.length === 0 ? 0 : 1
}

/** Plays the scenes with the live line above, until every call has been seen from both sides. */
async function perform({ scenes, provider, receiver, desk, interrupted }: Stage): ReturnType<typeof playScenes> {
  using line = new LiveLine(process.stdout)
  let visits = 0
  const draw = (): void => line.show(visits, progress(receiver.calls, visits, scenes.length))
  receiver.onCalls = draw
  const onVisit = (): void => {
    visits++
    draw()
  }
  const played = await playScenes(scenes, { deskUrl: desk.url, interrupted, onVisit })
  await settle(receiver, provider?.served, interrupted)
  receiver.onCalls = undefined
  return played
}

function compare({ served }: Provider, samples: readonly Sample[], receiver: Receiver, page: PageTotals): boolean {
  const checks = reconcile(served.calls, samples, receiver.calls, page)
  console.log(checkSection(checks))
  return checks.every(agrees)
}

/** @throws Error when there is no `/metrics`, or when it is somebody else's: between choosing a port and using it, others may. */
async function readMetrics({ metricsUrl, instanceId, desk }: Stage): Promise<Sample[]> {
  const page = await fetch(metricsUrl).then(
    (response) => response.text(),
    (error: unknown) => String(error),
  )
  const samples = readSamples(page)
  if (sum(samples, 'target_info', { service_instance_id: instanceId }) === 1) return samples
  throw new Error([`${metricsUrl} is not that of this support desk: run the demo again.`, ...desk.output].join('\n  '))
}

/** Scenes that the real service can play too; regulated customers need an Azure resource. */
function canBeReal({ mockOnly, path }: Scene): boolean {
  return !mockOnly && (path !== '/answer/regulated' || process.env['AZURE_OPENAI_ENDPOINT'] !== undefined)
}

/** Aborts at Ctrl-C, or when somebody else asks this process to end. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort())
  return controller.signal
}
