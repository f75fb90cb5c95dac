/** A stretch of time. */
export interface Range {
  /** Milliseconds since the epoch, included. */
  readonly from: number
  /** Milliseconds since the epoch, not included. */
  readonly to: number
}

const NANOS_PER_MS = 1_000_000n

/** The same in nanoseconds, as columns hold it. */
export function nanosOf({ from, to }: Range): readonly [from: bigint, to: bigint] {
  return [BigInt(Math.floor(from)) * NANOS_PER_MS, BigInt(Math.ceil(to)) * NANOS_PER_MS]
}

/** Most steps of a chart: more than a screen has dots. */
const MOST_STEPS = 2000
/** Lengths of steps in minutes that read well on an axis; from a quarter of an hour on they are made of such. */
const STEPS = [1, 2, 5, 15, 30, 60, 120, 240, 360, 720, 1440, 10_080] as const

/** The length of a step, in minutes, at which a range has at most `wanted` of them. */
export function stepOf({ from, to }: Range, wanted: number): number {
  const minutes = Math.max(1, (to - from) / 60_000)
  const most = Math.max(1, Math.min(wanted, MOST_STEPS))
  return STEPS.find((step) => minutes / step <= most) ?? Math.ceil(minutes / most)
}
