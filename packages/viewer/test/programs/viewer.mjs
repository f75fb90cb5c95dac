import { startViewer } from '../../src/server/server.ts'

// A viewer in a process of its own, which tells its memory.
const viewer = await startViewer({ port: 0 })
process.send({ url: viewer.url })
process.on('message', () => process.send({ rss: process.memoryUsage.rss() }))
