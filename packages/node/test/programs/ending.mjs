import OpenAI from 'openai'

const keepAlive = () => setInterval(() => {}, 60_000)

const endings = {
  natural: () => {},
  exit: () => process.exit(3),
  exitCode: () => {
    process.exitCode = 4
  },
  throws: () => {
    setImmediate(() => {
      throw new Error('on purpose')
    })
  },
  rejects: () => {
    void Promise.reject(new Error('on purpose'))
  },
  beforeExit: () => {
    process.on('beforeExit', () => console.log('before exit'))
  },
  SIGTERM: () => {
    keepAlive()
    process.kill(process.pid, 'SIGTERM')
  },
  SIGINT: () => {
    keepAlive()
    process.kill(process.pid, 'SIGINT')
  },
  SIGHUP: () => {
    keepAlive()
    process.kill(process.pid, 'SIGHUP')
  },
  handled: () => {
    const timer = keepAlive()
    process.on('SIGTERM', () => {
      console.log('closing, listeners:', process.listenerCount('SIGTERM'))
      clearInterval(timer)
    })
    process.kill(process.pid, 'SIGTERM')
  },
  signalExit: () => {
    keepAlive()
    globalThis[Symbol.for('signal-exit emitter')] = { count: 1 }
    const listener = () => {
      if (process.listeners('SIGTERM').length !== 1) return
      process.off('SIGTERM', listener)
      process.kill(process.pid, 'SIGTERM')
    }
    process.on('SIGTERM', listener)
    process.kill(process.pid, 'SIGTERM')
  },
  stream: async () => {
    const stream = await client.chat.completions.create({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: 'Hello?' }],
      stream: true,
    })
    for await (const chunk of stream) {
      console.log(chunk.choices[0].delta.content)
      process.exit(6)
    }
  },
  handledWithExit: () => {
    keepAlive()
    process.on('SIGTERM', () => process.exit(5))
    process.kill(process.pid, 'SIGTERM')
  },
}

const client = new OpenAI({ apiKey: 'sk-test' })
const completion = await client.chat.completions.create({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Hello?' }],
})
console.log(completion.choices[0].message.content)
endings[process.argv[2]]()
