import { register } from '@tokenmeter/node'

const url = await register(JSON.parse(process.argv[2] ?? '{}')).metricsUrl
console.log(url === undefined ? 'no /metrics' : '/metrics')
