import { type AskedCall, queryOf, type ViewerClient } from '../viewer/client.ts'

/** Most calls of a report: they are in memory with what they were asked. */
const MOST_CALLS = 20_000
const A_PAGE = 500

/** The calls of a time, with what they were asked; the newest, if there are too many. */
export async function gatherCalls(
  viewer: ViewerClient,
  wanted: { readonly from: number; readonly to: number; readonly filter?: string },
): Promise<{ readonly calls: readonly AskedCall[]; readonly omitted: boolean }> {
  const calls: AskedCall[] = []
  let before: string | undefined
  do {
    const page = await viewer.ask<{ readonly calls: readonly AskedCall[]; readonly next?: string }>(
      `/api/calls${queryOf({ ...wanted, limit: A_PAGE, asked: 1, before })}`,
    )
    calls.push(...page.calls)
    before = page.next
  } while (before !== undefined && calls.length < MOST_CALLS)
  return { calls, omitted: before !== undefined }
}
