import type { CallEnd, CallStart, RecorderOptions, Status } from '../../src/index.ts'
import { flatPrice } from './calls.ts'
import { type Points, Telemetry } from './telemetry.ts'

/** Every point there is after these calls. */
export async function pointsAfter(
  calls: readonly [CallStart, CallEnd][],
  options: Partial<RecorderOptions> = {},
): Promise<Points> {
  await using telemetry = new Telemetry()
  const recorder = telemetry.recorder({ price: flatPrice, ...options })
  for (const [start, end] of calls) recorder.start(start).end(end)
  return telemetry.points()
}

/** Series without labels that exist from the beginning, because alerts take their rate. */
export const FROM_THE_START: Points = {
  'ai.cost': 0,
  'ai.requests': 0,
  'ai.errors': 0,
  'ai.rate_limit.hits': 0,
  'ai.retries': 0,
  'ai.unpriced_requests': 0,
}

/** Labels that the calls of `calls.ts` have in the ai metrics, and the two halves of those in the gen_ai metrics. */
export const CHAT = 'model=gpt-4o operation=chat_completion'
export const CLIENT =
  'gen_ai.operation.name=chat gen_ai.provider.name=openai gen_ai.request.model=gpt-4o gen_ai.response.model=gpt-4o-2024-08-06'
export const WITH_TIER = 'openai.response.service_tier=default server.address=api.openai.com server.port=443'

/** `ai.requests` of one label set: every status, 0 where nothing was counted. */
export function requests(counted: Partial<Record<Status, number>>, labels = `${CHAT} provider=openai`): Points {
  const statuses = ['success', 'error', 'rate_limit', 'cancelled'] as const
  return Object.fromEntries(statuses.map((status) => [`ai.requests ${labels} status=${status}`, counted[status] ?? 0]))
}

/** The points whose name starts with `prefix`. */
export function only(points: Points, prefix: string): Points {
  return Object.fromEntries(Object.entries(points).filter(([name]) => name.startsWith(prefix)))
}
