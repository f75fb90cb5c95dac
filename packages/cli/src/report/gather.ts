import { callPages } from '../viewer/calls.ts'
import type { AskedCall, ViewerClient } from '../viewer/client.ts'
import { type Report, ReportMaker } from './report.ts'

/** Calls that are in memory together, with what they were asked. */
const A_PAGE = 500

/** A report of all calls of a time, page by page, however many they are. */
export async function gatherReport(
  viewer: ViewerClient,
  wanted: { readonly from: number; readonly to: number; readonly filter?: string },
): Promise<Report> {
  const maker = new ReportMaker()
  let latest = 0
  for await (const call of callsOf(viewer, wanted)) {
    latest = Math.max(latest, call.id)
    maker.look(call)
  }
  if (maker.wantsMore) {
    // What has come since the first look is in neither of them.
    for await (const call of callsOf(viewer, wanted)) if (call.id <= latest) maker.lookAgain(call)
  }
  return maker.report(wanted)
}

async function* callsOf(viewer: ViewerClient, wanted: Parameters<typeof gatherReport>[1]): AsyncGenerator<AskedCall> {
  for await (const { calls } of callPages<AskedCall>(viewer, { ...wanted, limit: A_PAGE, asked: 1 })) yield* calls
}
