import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** Ports of 127.0.0.1 that nobody listens on, as many as there are names. They are held until all are known, so no two are equal. */
export async function findFreePorts<const Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
  const held = await Promise.all(
    names.map(async (name) => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return { name, server, port: (server.address() as AddressInfo).port }
    }),
  )
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  return Object.fromEntries(held.map(({ name, port }) => [name, port])) as Record<Name, number>
}
