import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { inProject, RECORDED, runInProject, runNode, unmeasured } from './application.ts'
import { type Provider, startProvider } from './provider.ts'

async function bundle(entry: string, file: string, options: readonly string[], provider: Provider): Promise<string> {
  const outfile = join('built', file)
  const args = [entry, '--bundle', '--platform=node', `--outfile=${outfile}`, '--log-level=warning', ...options]
  const { stderr } = await runInProject(inProject('node_modules/.bin/esbuild'), args, provider)
  expect(stderr).toBe('')
  return outfile
}

describe.each([
  ['ES modules', 'esm', 'mjs'],
  ['CommonJS', 'cjs', 'cjs'],
])('bundled by esbuild as %s', (_, format, extension) => {
  test.each([
    ['as it is', []],
    ['minified', ['--minify']],
  ])('%s, a client that is handed over is measured, with its cost', async (_name, options) => {
    await using provider = await startProvider()
    const file = await bundle('recorded.js', `recorded.${extension}`, [`--format=${format}`, ...options], provider)
    expect(await runNode([file], provider)).toEqual({ stdout: `${RECORDED.join('\n')}\n`, stderr: '' })
  })

  test('openai that is left out of the bundle is found by itself', async () => {
    await using provider = await startProvider()
    const options = [`--format=${format}`, '--external:openai']
    const file = await bundle('hidden.js', `external.${extension}`, options, provider)
    const ending = await runNode(['--import', '@tokenmeter/node/register', file], provider)
    expect(ending).toEqual({ stdout: 'On its way. 0.0000045\n', stderr: '' })
  })

  test('a client that is handed over is measured once by what was preloaded, too', async () => {
    await using provider = await startProvider()
    const file = await bundle('handed.js', `handed.${extension}`, [`--format=${format}`], provider)
    const ending = await runNode(['--import', '@tokenmeter/node/register', file], provider)
    expect(ending).toEqual({ stdout: 'On its way. 0.0000045\n', stderr: '' })
  })
})

test('what a bundle requires is in it, though we load it late', async () => {
  await using provider = await startProvider()
  const file = await bundle('by-require.cjs', 'by-require.cjs', ['--format=cjs'], provider)
  // To where none of our packages is installed.
  const moved = join(mkdtempSync(join(tmpdir(), 'tokenmeter-moved-')), 'by-require.cjs')
  renameSync(inProject(file), moved)
  expect(await runNode([moved], provider)).toEqual({ stdout: 'chat gpt-4o-mini: 0.0000045 USD\n', stderr: '' })
  rmSync(dirname(moved), { recursive: true })
})

test.each([
  ['openai-v4', '4.104.0'],
  ['openai-v5', '5.23.2'],
  ['openai-v6', '6.49.0'],
  ['openai', '7.57.0'],
])('%s in a bundle that nobody hands over is said once, by the name that is left of it', async (name, version) => {
  await using provider = await startProvider()
  for (const [minifying, client] of [
    [[], `OpenAI/JS ${version}`],
    [['--minify'], `openai ${version}`],
  ] as const) {
    const options = ['--format=cjs', `--alias:openai=${name}`, ...minifying]
    const file = await bundle('hidden.js', 'hidden.cjs', options, provider)
    const ending = await runNode(['--import', '@tokenmeter/node/register', file], provider)
    expect(ending).toEqual({ stdout: 'On its way. undefined\n', stderr: unmeasured(client) })
  }
})

test('a program without openai hears nothing', async () => {
  await using provider = await startProvider()
  const ending = await runNode(['--import', '@tokenmeter/node/register', 'without-openai.js'], provider)
  expect(ending).toEqual({ stdout: 'done\n', stderr: '' })
})
