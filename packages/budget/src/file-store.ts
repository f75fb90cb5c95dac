import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { warnOnce } from '@tokenmeter/meter'
import { lock } from './file-lock.ts'
import { readState } from './state-text.ts'
import type { BudgetStore, Change } from './store.ts'

/** Where `fileStore` keeps its files unless told otherwise, relative to where the process was started. */
export const DEFAULT_DIRECTORY = '.tokenmeter/budgets'

/** Longer than any period: such an account is nobody's any more. */
const KEPT_MS = 62 * 86_400_000
/** What is written in a moment is in use for no longer. */
const DRAFT_KEPT_MS = 60_000

/**
 * Keeps accounts in files of a directory: they survive restarts, and all processes of the host that use the directory share them. A file is replaced
 * as a whole, under a lock, so that neither a crash nor another process leaves half of one.
 *
 * @param directory is made when it is needed. Default `.tokenmeter/budgets`, relative to where the process was started.
 */
export function fileStore(directory: string = DEFAULT_DIRECTORY): BudgetStore {
  let isReady: Promise<void> | undefined
  const prepare = async (): Promise<void> => {
    await mkdir(directory, { recursive: true })
    await removeOld(directory)
  }
  return {
    coverage: 'host',
    gatherMs: 100,
    update: async (key, change) => {
      await (isReady ??= prepare().catch((error: unknown) => {
        isReady = undefined
        throw error
      }))
      const path = join(directory, fileOf(key))
      const unlock = await lock(`${path}.lock`)
      try {
        return await replace(path, change)
      } finally {
        await unlock()
      }
    },
  }
}

/** Keys have names of tenants in them, which are not all good names for files. */
function fileOf(key: string): string {
  const readable = key.replaceAll(/[^\w.-]+/g, '_').slice(0, 60)
  return `${readable}-${hashOf(key)}.json`
}

async function replace<Result>(path: string, change: (text: string | undefined) => Change<Result>): Promise<Result> {
  const present = await readUsable(path)
  const { text, result } = change(present)
  if (text === present) return result
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    await writeFile(draft, text, { mode: 0o600 })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return result
}

/** A file that somebody broke is put aside, and said: nothing spent is known of it, but new spending must count. */
async function readUsable(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return undefined
  try {
    readState(text)
    return text
  } catch {
    await rename(path, `${path}.broken`)
    warnOnce(
      `broken ${path}`,
      `tokenmeter: the budget in ${path} cannot be read; it was renamed to ….broken and starts anew`,
    )
    return undefined
  }
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

async function removeOld(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const keptMs = name.endsWith('.tmp') ? DRAFT_KEPT_MS : /\.(json|broken)$/.test(name) ? KEPT_MS : undefined
    const path = join(directory, name)
    const found = keptMs === undefined ? undefined : await stat(path).catch(() => undefined)
    if (found && keptMs !== undefined && found.mtimeMs < Date.now() - keptMs) await rm(path, { force: true })
  }
}
