import type { AddressInfo } from 'node:net'
import { createDesk } from './desk.ts'

/** How long customers who are being served may stay after closing time. */
const GRACE_MS = 500

const desk = createDesk()

desk.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = desk.address() as AddressInfo
  console.log(`Support desk listening on http://127.0.0.1:${port}`)
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    desk.close()
    setTimeout(() => desk.closeAllConnections(), GRACE_MS).unref()
  })
}
