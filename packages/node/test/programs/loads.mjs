import { registerHooks } from 'node:module'

const loaded = new Set()
registerHooks({
  load(url, context, nextLoad) {
    const [, name] = /\/packages\/([\w-]+)\/src\//.exec(url) ?? []
    if (name) loaded.add(name)
    return nextLoad(url, context)
  },
})
const { register } = await import('@tokenmeter/node')
await register({ otlp: false, metricsEndpoint: false }).shutdown()
console.log([...loaded].sort().join(' '))
