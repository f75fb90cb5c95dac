import type { AccountState } from './account-state.ts'

/** How an account is written into a store. Amounts are texts, because JSON has no integers of their size. */
interface WrittenState {
  readonly version: 1
  readonly from: number
  readonly slices: readonly (readonly [slice: number, picoUsd: string, unpriced: number])[]
  readonly holds: readonly (readonly [id: string, picoUsd: string, until: number])[]
  readonly crossings: AccountState['crossings']
  readonly writers: readonly (readonly [writer: string, number: number, at: number])[]
}

export function writeState({ from, slices, holds, crossings, writers }: AccountState): string {
  const written: WrittenState = {
    version: 1,
    from,
    slices: [...slices].map(([slice, { picoUsd, unpriced }]) => [slice, String(picoUsd), unpriced]),
    holds: [...holds].map(([id, { picoUsd, until }]) => [id, String(picoUsd), until]),
    crossings,
    writers: [...writers].map(([writer, { number, at }]) => [writer, number, at]),
  }
  return JSON.stringify(written)
}

/**
 * @throws Error when `text` is not what `writeState` wrote.
 */
export function readState(text: string): AccountState {
  const { version, from, slices, holds, crossings, writers } = JSON.parse(text) as WrittenState
  if (version !== 1) throw new Error(`It is of version ${String(version)}, and this is version 1.`)
  return {
    from,
    slices: new Map(slices.map(([slice, picoUsd, unpriced]) => [slice, { picoUsd: BigInt(picoUsd), unpriced }])),
    holds: new Map(holds.map(([id, picoUsd, until]) => [id, { picoUsd: BigInt(picoUsd), until }])),
    crossings,
    writers: new Map(writers.map(([writer, number, at]) => [writer, { number, at }])),
  }
}
