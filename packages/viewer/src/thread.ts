import { setTimeout } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { cacheFile } from './server/cache-file.ts'
import { startViewer } from './server/server.ts'

/*
 * A viewer in a thread of an application, so that it neither takes the application's time nor stands still when the application ends. Of several
 * processes the first has the port, the others send to it, and one of them takes over when it has gone.
 */

/** What the thread tells who started it: that it listens, that another viewer does, or why nobody does. */
type ThreadNews = { readonly state: 'listens' | 'shared' } | { readonly state: 'failed'; readonly why: string }

const TRY_AGAIN_MS = 1000

/** What the thread is started with. */
interface ThreadData {
  readonly port: number
  /** One number, not 0 as soon as it is known whether there is a viewer: who starts the thread may wait for it. */
  readonly settled: Int32Array
}

const { port, settled } = workerData as ThreadData

function tell(news: ThreadNews): void {
  parentPort?.postMessage(news)
  Atomics.store(settled, 0, 1)
  Atomics.notify(settled, 0)
}

async function isViewer(): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/status`)
    return 'bounds' in ((await response.json()) as object)
  } catch {
    return false
  }
}

async function listen(): Promise<void> {
  const file = cacheFile(process.cwd(), process.env)
  for (let attempt = 0; ; attempt += 1) {
    try {
      await startViewer({ port, file })
      tell({ state: 'listens' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      if (attempt === 0) {
        const isShared = await isViewer()
        tell(isShared ? { state: 'shared' } : { state: 'failed', why: `port ${port} is taken by something else` })
      }
      await setTimeout(TRY_AGAIN_MS)
    }
  }
}

listen().catch((error: unknown) =>
  tell({ state: 'failed', why: error instanceof Error ? error.message : String(error) }),
)
