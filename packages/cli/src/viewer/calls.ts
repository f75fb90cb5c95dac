import type { CallPage, CallRow } from '@tokenmeter/viewer'
import { queryOf, type ViewerClient } from './client.ts'

/** Most calls of one page: what the API gives. */
export const MOST_CALLS_A_PAGE = 1000

/** Which calls are wanted, as `/api/calls` is asked; `limit` is that of one page. */
export interface CallsWanted {
  readonly filter?: string
  /** Milliseconds since the epoch. */
  readonly from?: number
  readonly to?: number
  readonly limit?: number
  /** `next` of a page before. */
  readonly before?: string | undefined
  /** What each was asked comes with it. */
  readonly asked?: 1
}

/** Pages of calls, newest first, to the end. A page may be short, or empty, and not be the last: that is where it has no `next`. */
export async function* callPages<Call extends CallRow = CallRow>(
  viewer: ViewerClient,
  wanted: CallsWanted,
): AsyncGenerator<CallPage & { readonly calls: readonly Call[] }> {
  let { before } = wanted
  do {
    const page = await viewer.ask<CallPage & { readonly calls: readonly Call[] }>(
      `/api/calls${queryOf({ ...wanted, before })}`,
    )
    yield page
    before = page.next
  } while (before !== undefined)
}

/** As many of the newest calls as are wanted, or all there are, and where to go on; however short the pages. */
export async function newestCalls(
  viewer: ViewerClient,
  most: number,
  wanted: Omit<CallsWanted, 'limit'>,
): Promise<CallPage> {
  const calls: CallRow[] = []
  let before = wanted.before
  do {
    const query = queryOf({ ...wanted, limit: most - calls.length, before })
    const page = await viewer.ask<CallPage>(`/api/calls${query}`)
    calls.push(...page.calls)
    before = page.next
  } while (before !== undefined && calls.length < most)
  return { calls, ...(before !== undefined && { next: before }) }
}
