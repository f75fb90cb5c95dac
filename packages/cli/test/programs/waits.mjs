// Says what it is sent, and ends by itself.
process.on('SIGTERM', () => {
  console.log('ended in order')
  process.exit(7)
})
console.log('waits')
setInterval(() => undefined, 1000)
