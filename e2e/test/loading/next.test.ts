import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { findFreePorts } from '../../../collector/stack/free-ports.ts'
import { environment, inProject, RECORDED, unmeasured } from './application.ts'
import { startProvider } from './provider.ts'

interface Served {
  /** What the paths answered, asked one after the other. */
  readonly answers: readonly string[]
  readonly stderr: string
}

function next(
  args: readonly string[],
  folder: string,
  env: NodeJS.ProcessEnv,
): ChildProcessByStdio<null, Readable, Readable> {
  const program = inProject('node_modules/next/dist/bin/next')
  return spawn(process.execPath, [program, ...args], { cwd: inProject(folder), env, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function build(folder: string, options: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const building = next(['build', ...options], folder, env)
  const [output, errors, [code]] = await Promise.all([
    text(building.stdout),
    text(building.stderr),
    once(building, 'exit') as Promise<[number | null]>,
  ])
  if (code !== 0) throw new Error(`next build ended with ${code}:\n${output}${errors}`)
}

/** Builds the application in `folder`, serves it, and asks `paths`. */
async function serve(
  folder: string,
  paths: readonly string[],
  { external = '', bundler = [] }: { readonly external?: string; readonly bundler?: readonly string[] } = {},
): Promise<Served> {
  await using provider = await startProvider()
  await build(folder, bundler, { ...(await environment(provider)), EXTERNAL: external })
  // Only now, because building takes long, and nobody holds them meanwhile.
  const { port } = await findFreePorts(['port'])
  const env = { ...(await environment(provider)), EXTERNAL: external }
  const serving = next(['start', '--hostname', '127.0.0.1', '--port', String(port)], folder, env)
  const exited = once(serving, 'exit')
  const stderr = text(serving.stderr)
  try {
    for await (const line of createInterface(serving.stdout)) if (line.includes('Ready')) break
    const answers: string[] = []
    for (const path of paths) answers.push(await (await fetch(`http://127.0.0.1:${port}${path}`)).text())
    serving.kill()
    return { answers, stderr: await stderr }
  } finally {
    serving.kill()
    await exited
  }
}

test('in a bundle of Next.js, a client that is handed over is measured, on Node and at the edge', async () => {
  const { answers } = await serve('next-bundled', ['/api/node', '/api/edge'])
  expect(answers).toEqual([RECORDED.join('\n'), RECORDED.join('\n')])
})

test.each([
  ['Turbopack', []],
  ['webpack', ['--webpack']],
])('instrumentation.ts registers, and openai, which %s leaves out, is found by itself', async (_, bundler) => {
  const served = await serve('next-external', ['/api/ask', '/api/ask'], {
    external: 'openai,@tokenmeter/node',
    bundler,
  })
  expect(served).toEqual({ answers: ['On its way. 0.0000045', 'On its way. 0.000009'], stderr: '' })
})

test('openai in a bundle of Next.js that nobody hands over is said once', async () => {
  const served = await serve('next-external', ['/api/ask', '/api/ask'], { external: '@tokenmeter/node' })
  expect(served).toEqual({
    answers: ['On its way. undefined', 'On its way. undefined'],
    stderr: unmeasured('openai 7.57.0'),
  })
})
