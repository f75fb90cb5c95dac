// Waits, without a call, until everything is loaded that a call needs, and tells what that is.
const { added, loaded } = require('./loaded.cjs')

const atStart = loaded()
const deadline = Date.now() + 10_000
const timer = setInterval(() => {
  if (!loaded().includes('pricing index') && Date.now() < deadline) return
  clearInterval(timer)
  console.log(JSON.stringify(added(atStart)))
}, 20)
