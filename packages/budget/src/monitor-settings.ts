import { type FieldReader, text } from '@tokenmeter/meter'
import type { CostWatchRules } from './cost-watch.ts'
import { amount, positive, wholeFrom } from './field-kinds.ts'

/** What is watched of the costs of a process. Without a threshold there is no alert of its kind. */
export interface SpendMonitorSettings {
  /** Begins the texts of alerts. Default `AI cost`. */
  readonly name?: string
  /** USD since the process began, as a decimal in quotes. */
  readonly totalUsd?: string
  /** USD of the recent calls together, as a decimal in quotes. */
  readonly rollingUsd?: string
  /** How many recent calls there are: 2 to 100000. Default 100. */
  readonly window?: number
  /** There is an alert when the newer half of the recent calls costs so many times what the older half did; looked at once a minute, from 20 calls on. */
  readonly trendFactor?: number
  /** Least seconds between two alerts of a kind. Default 300. */
  readonly cooldownSeconds?: number
}

const FIELDS = ['name', 'totalUsd', 'rollingUsd', 'window', 'trendFactor', 'cooldownSeconds']
const window = wholeFrom(2, 100_000)

/** Reads the settings of a monitor; what is wrong is kept in `reader`. */
export function readMonitor(reader: FieldReader, path: string, value: unknown): CostWatchRules {
  const fields = reader.object(path, value, FIELDS) ?? {}
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  return {
    name: reader.optional(at('name'), fields['name'], text) ?? 'AI cost',
    totalPicoUsd: reader.optional(at('totalUsd'), fields['totalUsd'], amount),
    rollingPicoUsd: reader.optional(at('rollingUsd'), fields['rollingUsd'], amount),
    window: reader.optional(at('window'), fields['window'], window) ?? 100,
    trendPercent: percentOf(reader.optional(at('trendFactor'), fields['trendFactor'], positive)),
    cooldownMs: (reader.optional(at('cooldownSeconds'), fields['cooldownSeconds'], positive) ?? 300) * 1000,
  }
}

const percentOf = (factor: number | undefined): number | undefined =>
  factor === undefined ? undefined : Math.round(factor * 100)
