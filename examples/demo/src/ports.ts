import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer, type AddressInfo } from 'node:net'

/** The demo is about one machine: nothing listens anywhere else. */
export const LOOPBACK = '127.0.0.1'

/** Starts a server on a free port and says where it is. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, LOOPBACK)
  await once(server, 'listening')
  return `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`
}

/** Ends a server and the connections it still has. */
export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

/** `wanted` if nobody holds it, else a free port. */
export async function freePort(wanted: number): Promise<number> {
  const probe = createServer()
  try {
    return await probePort(probe, wanted)
  } catch {
    return await probePort(createServer(), 0)
  }
}

async function probePort(probe: ReturnType<typeof createServer>, port: number): Promise<number> {
  probe.listen(port, LOOPBACK)
  await once(probe, 'listening')
  const { port: found } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return found
}
