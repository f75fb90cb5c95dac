import { createRequire } from 'node:module'
import { register } from '@tokenmeter/node'

const require = createRequire(import.meta.url)
const first = register()
console.log(first === register(), first === require('@tokenmeter/node').register({ metricsPort: 1234 }))
await import('@tokenmeter/node/register')
console.log((await first.metricsUrl) !== undefined)
