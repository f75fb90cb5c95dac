import { metrics } from '@opentelemetry/api'
import type { Monitor } from '../../src/index.ts'
import { Diagnostics } from './diagnostics.ts'
import { freshCopy } from './fresh-copy.ts'
import { type Points, Telemetry } from './telemetry.ts'

/** What was counted, and what was said meanwhile. */
interface Measured {
  readonly points: Points
  readonly warnings: readonly string[]
}

/** What a monitor that has not warned yet counts and says. */
export async function measure(use: (monitor: Monitor) => void): Promise<Measured> {
  await using telemetry = new Telemetry()
  metrics.setGlobalMeterProvider(telemetry.meterProvider)
  using said = new Diagnostics()
  const { getMonitor } = await freshCopy()
  use(getMonitor())
  if (said.errors.length > 0) throw new Error(said.errors.join())
  return { points: await telemetry.points(), warnings: [...said.warnings] }
}
