import { register } from '@tokenmeter/node'

const first = register()
const url = await first.metricsUrl
await first.shutdown()
console.log(await fetch(url).catch((error) => error.cause.code))
console.log(['beforeExit', 'exit', 'SIGTERM', 'SIGINT', 'SIGHUP'].map((event) => process.listenerCount(event)).join())
const second = register()
console.log(second !== first, (await second.metricsUrl) !== undefined)
