/** The last row of a page, after which the next one begins. */
export type Cursor = readonly [start: bigint, id: bigint]

const CURSOR = /^(\d{1,19})\.(\d{1,15})$/

/** Where a page begins, out of `next` of the page before; `undefined` where that is none. */
export function cursorOf(next: string | undefined): Cursor | undefined {
  const [, start, id] = CURSOR.exec(next ?? '') ?? []
  return start === undefined || id === undefined ? undefined : [BigInt(start), BigInt(id)]
}
