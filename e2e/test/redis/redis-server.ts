import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'

/** A Redis server on loopback, with its data in a temporary folder. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  /** Ends the server and keeps its data. */
  stop(): Promise<void>
  /** Starts it again, at the same address. */
  start(): Promise<void>
}

export async function startRedis(): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const { redis: port } = await findFreePorts(['redis'])
  let end = await launch(folder, port)
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => end(),
    start: async () => {
      end = await launch(folder, port)
    },
    [Symbol.asyncDispose]: async () => {
      await end()
      await rm(folder, { recursive: true })
    },
  }
}

async function launch(folder: string, port: number): Promise<() => Promise<void>> {
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder, '--save', '3600 1']
  const child = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve()
    })
  })
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error('redis-server ended before it was ready')
    }),
  ])
  return async () => {
    child.kill('SIGTERM')
    await exited
  }
}
