import type { Socket } from 'node:net'

/** A connection that is being made holds the process, whatever one does; so it must not take longer than an exit may. */
const CONNECT_TIMEOUT_MS = 2000

/** Lets the process end while this socket is open, and gives up connecting in time. */
export function letGo(socket: Socket): void {
  socket.unref()
  if (!socket.connecting) return
  const giveUp = setTimeout(() => {
    socket.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' }))
  }, CONNECT_TIMEOUT_MS).unref()
  for (const event of ['connect', 'close'] as const) socket.once(event, () => clearTimeout(giveUp))
}
