import { randomUUID } from 'node:crypto'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Batch } from './account-state.ts'
import type { Alert } from './alert.ts'

/** What a process could not bring to its end: the next one of this host that uses the directory does. */
export interface LeftOver {
  readonly batches: readonly { readonly key: string; readonly batch: Batch }[]
  readonly alerts: readonly { readonly notifier: string; readonly alert: Alert }[]
}

/** Files of what was left over, in one directory. */
export class Spool {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /**
   * Writes it down, at once: nothing asynchronous happens any more when a process ends.
   *
   * @throws Error when that is not possible.
   */
  write(leftOver: LeftOver): void {
    mkdirSync(this.#directory, { recursive: true })
    const path = join(this.#directory, `left-${randomUUID()}`)
    writeFileSync(`${path}.tmp`, JSON.stringify(leftOver, bigintsAsText), { mode: 0o600 })
    renameSync(`${path}.tmp`, `${path}.spool`)
  }

  /** Takes everything over that other processes have left. What one takes, no other gets. */
  async takeAll(): Promise<readonly LeftOver[]> {
    const names = await readdir(this.#directory).catch(() => [])
    const taken = await Promise.all(
      names.filter((name) => name.endsWith('.spool')).map((name) => take(join(this.#directory, name))),
    )
    return taken.filter((leftOver) => leftOver !== undefined)
  }
}

async function take(path: string): Promise<LeftOver | undefined> {
  const mine = `${path}.${randomUUID()}.tmp`
  try {
    await rename(path, mine)
    const text = await readFile(mine, 'utf8')
    await rm(mine)
    return readLeftOver(text)
  } catch {
    // Another process was faster, or the file is not one of ours.
    return undefined
  }
}

type Written<T> = T extends bigint ? string : T extends object ? { readonly [K in keyof T]: Written<T[K]> } : T

function readLeftOver(text: string): LeftOver {
  const { batches, alerts } = JSON.parse(text) as Written<LeftOver>
  return {
    batches: batches.map(({ key, batch }) => ({
      key,
      batch: { ...batch, spending: batch.spending.map((spent) => ({ ...spent, picoUsd: BigInt(spent.picoUsd) })) },
    })),
    alerts: alerts as LeftOver['alerts'],
  }
}

const bigintsAsText = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)
