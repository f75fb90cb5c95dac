const { sep } = require('node:path')

/** Files of ours that this process has loaded as CommonJS, by package and without what makes their names unique. */
const loaded = () =>
  Object.keys(require.cache)
    .map((file) => file.split(sep).join('/').split('/@tokenmeter/').at(-1))
    .filter((file) => file.includes('/dist/') && !file.includes('/node_modules/'))
    .map((file) => file.replace('/dist/', ' ').replace(/(-[\w-]{8})?\.cjs$/, ''))
    .toSorted()
const added = (before) => loaded().filter((file) => !before.includes(file))

module.exports = { added, loaded }
