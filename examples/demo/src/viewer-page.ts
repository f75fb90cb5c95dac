import { DEFAULT_PORT, type Percentiles, startViewer, type Sums, type Viewer } from '@tokenmeter/viewer'
import { freePort } from './ports.ts'

/** What the calls add up to on the viewer's page. */
export type PageTotals = Sums & Percentiles

/** Starts the viewer, with its page on its usual port if nobody holds that, and everything in memory. */
export async function startPage(): Promise<Viewer> {
  return await startViewer({ port: await freePort(DEFAULT_PORT) })
}

/** Asks the page what it shows of everything since `from` (milliseconds since the epoch), as other programs would. */
export async function readPageTotals({ url }: Viewer, from: number): Promise<PageTotals> {
  const response = await fetch(`${url}/api/totals?from=${from}`)
  return (await response.json()) as PageTotals
}
