import { registerHooks } from 'node:module'

registerHooks({
  load(url, context, nextLoad) {
    if (url.includes('genai-prices')) throw new Error('the price table is not there')
    return nextLoad(url, context)
  },
})
process.argv[2] = 'natural'
await import('./ending.mjs')
