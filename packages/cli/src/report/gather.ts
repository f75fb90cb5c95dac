import { callPages } from '../viewer/calls.ts'
import type { AskedCall, ViewerClient } from '../viewer/client.ts'

/** Most calls of a report: they are in memory with what they were asked. */
const MOST_CALLS = 20_000
const A_PAGE = 500

/** The calls of a time, with what they were asked; the newest, if there are too many. */
export async function gatherCalls(
  viewer: ViewerClient,
  wanted: { readonly from: number; readonly to: number; readonly filter?: string },
): Promise<{ readonly calls: readonly AskedCall[]; readonly omitted: boolean }> {
  const calls: AskedCall[] = []
  for await (const page of callPages<AskedCall>(viewer, { ...wanted, limit: A_PAGE, asked: 1 })) {
    calls.push(...page.calls)
    if (calls.length >= MOST_CALLS) return { calls, omitted: page.next !== undefined }
  }
  return { calls, omitted: false }
}
