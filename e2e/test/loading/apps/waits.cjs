// Waits, without a call, until everything is loaded that a call needs, and tells what that is.
const { added, loaded } = require('./loaded.cjs')

const atStart = loaded()
const timer = setInterval(() => {
  if (!loaded().includes('pricing index')) return
  clearInterval(timer)
  console.log(JSON.stringify(added(atStart)))
}, 20)
