import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:net'

/** Below the ports that systems give to outgoing connections (from 32768 on Linux), of which one may be gone before we use it. */
const RANGE = { from: 20_000, to: 32_000 }

/** Ports of 127.0.0.1 that nobody listens on, as many as there are names. They are held until all are known, so no two are equal. */
export async function findFreePorts<const Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const held = await Promise.all(names.map(async (name) => ({ name, ...(await holdPort()) })))
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  return Object.fromEntries(held.map(({ name, port }) => [name, port])) as Record<Name, number>
}

async function holdPort(): Promise<{ readonly port: number; readonly server: Server }> {
  const port = randomInt(RANGE.from, RANGE.to)
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
    return { port, server }
  } catch {
    return await holdPort()
  }
}
