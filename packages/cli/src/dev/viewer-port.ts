import { startViewer, type Viewer, type ViewerOptions } from '@tokenmeter/viewer'

/** Ports that are tried, the wanted one first. */
const PORTS_TRIED = 20

/**
 * Starts a viewer on the port that is wanted, or on the next one that is free.
 *
 * @throws Error when all of them are taken, or when the viewer cannot start.
 */
export async function startOnFreePort(wanted: number, options: Omit<ViewerOptions, 'port'>): Promise<Viewer> {
  for (let port = wanted; ; port += 1) {
    try {
      return await startViewer({ ...options, port })
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
      if (!isTaken || port - wanted + 1 >= PORTS_TRIED || port >= 65_535) throw error
    }
  }
}
