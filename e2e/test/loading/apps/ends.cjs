// Has nothing to do, and tells at its end what was loaded beyond its start.
const { added, loaded } = require('./loaded.cjs')

const atStart = loaded()
process.on('exit', () => console.log(JSON.stringify(added(atStart))))
