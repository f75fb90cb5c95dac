import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { inProject, RECORDED, runNode, unmeasured } from './application.ts'
import { startProvider } from './provider.ts'

interface Stats {
  toJson(options: object): { readonly errors: unknown; readonly warnings: unknown }
}

type Webpack = (configuration: object, done: (error: Error | null, stats: Stats) => void) => void

async function bundle(entry: string, filename: string, options: object = {}): Promise<string> {
  const webpack = createRequire(inProject('package.json'))('webpack') as Webpack
  const stats = await new Promise<Stats>((resolve, reject) => {
    const output = { path: inProject('built'), filename, ...('experiments' in options && { module: true }) }
    webpack(
      { mode: 'production', target: 'node22', context: inProject(), entry: `./${entry}`, output, ...options },
      (error, result) => (error ? reject(error) : resolve(result)),
    )
  })
  expect(stats.toJson({ all: false, errors: true, warnings: true })).toMatchObject({ errors: [], warnings: [] })
  return inProject('built', filename)
}

describe('bundled by webpack', () => {
  test.each([
    ['CommonJS', 'recorded-webpack.cjs', {}],
    ['ES modules', 'recorded-webpack.mjs', { experiments: { outputModule: true } }],
  ])('as %s, a client that is handed over is measured, with its cost', async (_, filename, options) => {
    await using provider = await startProvider()
    const file = await bundle('recorded.js', filename, options)
    expect(await runNode([file], provider)).toEqual({ stdout: `${RECORDED.join('\n')}\n`, stderr: '' })
  })

  test('a client that nobody hands over is said once', async () => {
    await using provider = await startProvider()
    const file = await bundle('hidden.js', 'hidden-webpack.cjs')
    const ending = await runNode(['--import', '@tokenmeter/node/register', file], provider)
    expect(ending).toEqual({ stdout: 'On its way. undefined\n', stderr: unmeasured('openai 7.57.0') })
  })
})
