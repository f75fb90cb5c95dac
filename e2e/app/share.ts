/**
 * One of the processes that share the work of a service. It makes its calls and ends, by itself or at once, and so do the two worker threads, or the two workers of
 * a cluster, that it may start.
 */
import cluster from 'node:cluster'
import { isMainThread, Worker } from 'node:worker_threads'
import { withAI } from '@tokenmeter/node'
import OpenAI from 'openai'

const [helpers, ending, rounds] = process.argv.slice(2)

if (isMainThread && helpers === 'threads') {
  for (const how of ['natural', 'exit']) {
    const worker = new Worker(new URL(import.meta.url), { argv: ['alone', how, rounds] })
    worker.once('error', (error) => {
      throw error
    })
  }
}
if (cluster.isPrimary && helpers === 'cluster') {
  for (const how of ['natural', 'exit']) {
    cluster.setupPrimary({ args: ['alone', how, rounds ?? ''] })
    cluster.fork()
  }
}

const client = new OpenAI()
const messages = [{ role: 'user' as const, content: 'How is everything?' }]
for (let round = 0; round < Number(rounds); round++) {
  await withAI({ feature: 'search', tenant: `tenant-${round % 2}` }, () =>
    client.chat.completions.create({ model: 'gpt-4o-mini', messages }),
  )
  await withAI({ feature: 'summary' }, () => client.responses.create({ model: 'o4-mini', input: 'How is everything?' }))
  await client.chat.completions.create({ model: 'gpt-4.1', messages })
}
if (ending === 'exit') process.exit()
cluster.worker?.disconnect()
