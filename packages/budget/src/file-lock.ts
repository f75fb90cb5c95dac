import { createHash, randomUUID } from 'node:crypto'
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'

/** A lock is held for about a millisecond. One of this age belongs to a process that died on another machine, or in another container. */
const STALE_LOCK_MS = 60_000
const LOCK_RETRY_MS = 4
const LOCK_PATIENCE_MS = 10_000

/**
 * Locks a path against the other processes of the host.
 *
 * @returns how to unlock
 * @throws Error when it stays locked for ten seconds.
 */
export async function lock(path: string): Promise<() => Promise<void>> {
  const deadline = performance.now() + LOCK_PATIENCE_MS
  for (;;) {
    if (await create(path)) return () => rm(path, { force: true })
    if (performance.now() > deadline) throw new Error(`${path} is locked by another process`)
    const holder = await readFile(path, 'utf8').catch(() => undefined)
    if (holder !== undefined && (await isLeftBehind(path, holder))) await removeLock(path, holder)
    await delay(LOCK_RETRY_MS * (0.5 + Math.random()), undefined, { ref: false })
  }
}

/** On the global object, because the ESM and the CJS copy of this module are one thread. */
const SESSION = Symbol.for('tokenmeter.budget-session')

/** Names this thread of this process: ids of processes come again, in containers always. */
function session(): string {
  const holder = globalThis as { [SESSION]?: string }
  return (holder[SESSION] ??= randomUUID())
}

/** Makes a lock that says from its first moment on whose it is, because a process may die at any; no two locks say the same. */
async function create(path: string): Promise<boolean> {
  const id = randomUUID()
  const draft = `${path}.${id}.tmp`
  try {
    await writeFile(draft, `${hostname()} ${process.pid} ${threadId} ${session()} ${id}`)
    await link(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    await rm(draft, { force: true })
  }
}

async function isLeftBehind(path: string, holder: string): Promise<boolean> {
  const [host, pid, thread, holdingSession] = holder.split(' ')
  if (host === hostname()) {
    if (!isAlive(Number(pid))) return true
    if (Number(pid) === process.pid && Number(thread) === threadId) return holdingSession !== session()
  }
  // Process ids say nothing about other machines and containers, and may be others' by now.
  const found = await stat(path).catch(() => undefined)
  return found !== undefined && Date.now() - found.mtimeMs > STALE_LOCK_MS
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** One after the other of those who found it left behind, and only while it is there: what comes after it is somebody's. */
async function removeLock(path: string, holder: string): Promise<void> {
  const claim = `${path}.${createHash('sha256').update(holder).digest('hex').slice(0, 12)}.tmp`
  const isMine = await writeFile(claim, '', { flag: 'wx' }).then(
    () => true,
    () => false,
  )
  if (!isMine) return
  if ((await readFile(path, 'utf8').catch(() => undefined)) === holder) await rm(path, { force: true })
  await rm(claim, { force: true })
}
