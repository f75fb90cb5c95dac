import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { inProject, RECORDED, runInProject } from './application.ts'
import { type Provider, startProvider } from './provider.ts'

interface Miniflare {
  dispatchFetch(url: string): Promise<Response>
  dispose(): Promise<void>
}

type MiniflareModule = { readonly Miniflare: new (options: object) => Miniflare }

async function runWorker(runtime: object, provider: Provider): Promise<string> {
  const { Miniflare } = createRequire(inProject('package.json'))('miniflare') as MiniflareModule
  const contents = readFileSync(inProject('built/worker.js'), 'utf8')
  const modules = [{ type: 'ESModule', path: 'worker.js', contents }]
  const workers = new Miniflare({ modules, bindings: { WIRE: provider.origin }, ...runtime })
  try {
    return await (await workers.dispatchFetch('http://worker.test/')).text()
  } finally {
    await workers.dispose()
  }
}

/** As wrangler builds. */
const BUILD = [
  'worker.js',
  '--bundle',
  '--format=esm',
  '--platform=browser',
  '--conditions=workerd,worker,browser',
  '--outfile=built/worker.js',
  '--log-level=warning',
]

test.each([
  ['without anything of Node, nor a FinalizationRegistry', { compatibilityDate: '2024-01-01' }],
  ['without anything of Node', { compatibilityDate: '2026-07-01' }],
  ['with nodejs_compat', { compatibilityDate: '2026-07-01', compatibilityFlags: ['nodejs_compat'] }],
])('in workerd %s, a client that is handed over is measured, with its cost', async (_, runtime) => {
  await using provider = await startProvider()
  const built = await runInProject(inProject('node_modules/.bin/esbuild'), BUILD, provider)
  expect(built.stderr).toBe('')
  expect(await runWorker(runtime, provider)).toBe(RECORDED.join('\n'))
})

test.each(['workerd', 'edge-light', 'browser'])(
  'the entry for the condition %s leaves out what only Node can run',
  async (condition) => {
    await using provider = await startProvider()
    // Without fields of a platform, nothing of `@opentelemetry/instrumentation` can be found.
    const args = ['worker.js', '--bundle', '--format=esm', '--platform=neutral', `--conditions=${condition}`]
    const file = `built/${condition}.js`
    await runInProject(inProject('node_modules/.bin/esbuild'), [...args, `--outfile=${file}`], provider)
    expect(readFileSync(inProject(file), 'utf8')).not.toMatch(/\bfrom ["']node:|require\(["']node:/)
  },
)
