// Preloaded after Tokenmeter: files of ours that are not loaded yet are gone, as when a folder is replaced below a process that runs.
const { registerHooks } = require('node:module')

registerHooks({
  load(url, context, nextLoad) {
    if (url.includes('@tokenmeter')) throw new Error('it is gone')
    return nextLoad(url, context)
  },
})
