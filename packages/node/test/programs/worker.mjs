import { Worker } from 'node:worker_threads'

const worker = new Worker(new URL('ending.mjs', import.meta.url), { argv: [process.argv[2]] })
// Unheard it would end this process, at times before and at times after the line below.
worker.on('error', ({ message }) => console.log('worker failed:', message))
worker.on('exit', (code) => console.log('worker ended with', code))
