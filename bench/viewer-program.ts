import { setFlagsFromString } from 'node:v8'
import { startViewer } from '@tokenmeter/viewer'

/* The viewer that `viewer.ts` measures: tells where it is, and how much memory it has. */
const GIB = 1024 ** 3
// As `tokenmeter dev` does.
setFlagsFromString('--semi-space-growth-factor=1')
const viewer = await startViewer({ port: 0, file: process.argv[2] ?? '', bounds: { bytes: 8 * GIB } })
process.send?.({ url: viewer.url })
process.on('message', () => process.send?.({ rss: process.memoryUsage.rss() }))
process.on('disconnect', () => void viewer.close())
