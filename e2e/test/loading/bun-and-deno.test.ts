import { readFileSync, writeFileSync } from 'node:fs'
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

test.each([
  ['hidden.js', 'Bun', [...BUN, '--preload', '@tokenmeter/node/register']],
  ['required.cjs', 'Bun', [...BUN, '--preload', '@tokenmeter/node/register']],
  ['hidden.js', 'Deno', [...DENO, '--preload', './register.js']],
  ['required.cjs', 'Deno', [...DENO, '--preload', './register.js']],
])('the client of %s is found by itself in %s, preloaded', async (file, _, [command = '', ...args]) => {
  await using provider = await startProvider()
  const ending = await runInProject(inProject('node_modules/.bin', command), [...args, file], provider)
  expect(ending).toEqual({ stdout: 'On its way. 0.0000045\n', stderr: '' })
})

test.each(['openai-v4', 'openai-v5', 'openai-v6'])('%s is found by itself in Bun, preloaded', async (name) => {
  await using provider = await startProvider()
  for (const file of ['hidden.js', 'required.cjs']) {
    const copy = file.replace('.', `-${name}.`)
    writeFileSync(inProject(copy), readFileSync(inProject(file), 'utf8').replace("'openai'", `'${name}'`))
    const args = ['--preload', '@tokenmeter/node/register', copy]
    const ending = await runInProject(inProject('node_modules/.bin/bun'), args, provider)
    expect(ending).toEqual({ stdout: 'On its way. 0.0000045\n', stderr: '' })
  }
})
