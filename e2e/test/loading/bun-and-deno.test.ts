import { expect, test } from 'vitest'
import { inProject, RECORDED, runInProject } from './application.ts'
import { startProvider } from './provider.ts'

const BUN: readonly string[] = ['bun']
const DENO: readonly string[] = ['deno', 'run', '--allow-all', '--no-lock', '--node-modules-dir=manual']

test.each([
  ['Bun', BUN],
  ['Deno', DENO],
])('in %s, a client that is handed over is measured, with its cost', async (_, [command = '', ...args]) => {
  await using provider = await startProvider()
  const ending = await runInProject(inProject('node_modules/.bin', command), [...args, 'recorded.js'], provider)
  expect(ending).toEqual({ stdout: `${RECORDED.join('\n')}\n`, stderr: '' })
})

test.each(['hidden.js', 'required.cjs'])('in Deno, preloaded, clients are found by themselves: %s', async (file) => {
  await using provider = await startProvider()
  const [command = '', ...args] = DENO
  const preloaded = [...args, '--preload', './register.js', file]
  const ending = await runInProject(inProject('node_modules/.bin', command), preloaded, provider)
  expect(ending).toEqual({ stdout: 'On its way. 0.0000045\n', stderr: '' })
})
