import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { findFreePorts } from '../collector/stack/free-ports.ts'
import { installProject, packPackages, run } from './user-project.ts'

/**
 * Looks at the packages as their users get them: packs each, lets publint and attw judge the tarball, installs all tarballs in an
 * empty project, loads every entry, and starts small applications with them.
 */
const root = resolve(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'tokenmeter-packages-'))

const runFile = promisify(execFile)

function judge(name: string, tarball: string): void {
  console.log(`${name}: publint, attw`)
  run('publint', ['--strict', tarball], root)
  run('attw', ['--profile', 'node16', '--format', 'ascii', tarball], root)
}

function installAsUser(tarballs: ReadonlyMap<string, string>): string {
  const project = join(work, 'project')
  installProject(project, tarballs, {
    dependencies: {
      ...OPENAI,
      '@opentelemetry/api': '^1.10.0',
      tsx: '4.23.15',
      'node-minimum': 'npm:node@22.15.0',
    },
    allowBuilds: { esbuild: false, node: true },
  })
  return project
}

function loadEntries(project: string): void {
  for (const entry of [
    'meter',
    'meter/call-log',
    'meter/names',
    'pricing',
    'scrub',
    'budget',
    'instrumentation-openai',
    'instrumentation-openai/watch',
    'node',
    'viewer',
  ]) {
    const tell = 'console.log(Object.keys(loaded).sort().join())'
    const imported = `import * as loaded from '@tokenmeter/${entry}'; ${tell}`
    const required = `const loaded = require('@tokenmeter/${entry}'); ${tell}`
    const names = run('node', ['--input-type=module', '-e', imported], project).trim()
    const namesInCommonJS = run('node', ['--input-type=commonjs', '-e', required], project).trim()
    if (names === '') throw new Error(`${entry} exports nothing`)
    if (names !== namesInCommonJS) throw new Error(`${entry} exports ${names}, and as CommonJS ${namesInCommonJS}`)
  }
  console.log('every entry loads as ESM and as CommonJS, with the same names')
}

/** An application that asks once and prints the answer, and what `/metrics` says it cost. */
const ASK = `
new OpenAI().chat.completions
  .create({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }] })
  .then(async ({ choices }) => {
    const page = await (await fetch('http://127.0.0.1:' + process.env.TOKENMETER_METRICS_PORT + '/metrics')).text()
    console.log(choices[0].message.content, /^ai_cost_total\\{.*\\} (.*)$/m.exec(page)?.[1])
  })
`

/** The log of an application, added up by the command line. */
async function summarizeLog(project: string): Promise<void> {
  await using provider = await startProvider()
  const env = { ...process.env, OPENAI_API_KEY: 'test', OPENAI_BASE_URL: provider.url, TOKENMETER_OTLP: 'off' }
  const log = { TOKENMETER_METRICS_PORT: String(await freePort()), TOKENMETER_LOG_FILE: join(work, 'calls.log') }
  await runFile(process.execPath, ['--import', REGISTER, 'openai.mjs'], { cwd: project, env: { ...env, ...log } })
  const summary = run(
    join(project, 'node_modules/.bin/tokenmeter'),
    ['summarize', '--json', log.TOKENMETER_LOG_FILE],
    project,
  )
  const { totals } = JSON.parse(summary) as { readonly totals: { readonly usd: string } }
  if (totals.usd !== '0.0000045') throw new Error(`tokenmeter summarize printed ${summary}`)
  console.log('tokenmeter summarize adds up the log of an application')
}

/** An application under `tokenmeter dev`, as it is installed: measured, shown, summed up. */
async function showCalls(project: string): Promise<void> {
  await using provider = await startProvider()
  const env = { ...process.env, OPENAI_API_KEY: 'test', OPENAI_BASE_URL: provider.url }
  const program =
    "import OpenAI from 'openai'; await new OpenAI().chat.completions.create({ model: 'gpt-4o-mini', messages: [] })"
  writeFileSync(join(project, 'shown.mjs'), program)
  const dev = ['dev', '--port', '0', '--ephemeral', '--', process.execPath, 'shown.mjs']
  const { stderr } = await runFile(join(project, 'node_modules/.bin/tokenmeter'), dev, { cwd: project, env })
  if (!stderr.includes('1 call · 0.0000045 USD')) throw new Error(`tokenmeter dev wrote ${stderr}`)
  console.log('tokenmeter dev shows the calls of an application')
}

/** The majors of openai, and the packages by which the applications know them. */
const OPENAI: Readonly<Record<string, string>> = {
  openai: '7.57.0',
  'openai-v6': 'npm:openai@6.49.0',
  'openai-v5': 'npm:openai@5.23.2',
  'openai-v4': 'npm:openai@4.104.0',
}

/** Applications of a package of openai by their files. */
const sourcesFor = (openai: string): Readonly<Record<string, string>> => ({
  [`${openai}.mjs`]: `import OpenAI from '${openai}'${ASK}`,
  [`${openai}.cjs`]: `const OpenAI = require('${openai}')${ASK}`,
  [`${openai}.ts`]: `import OpenAI from '${openai}'${ASK}`,
  [`${openai}-requires.ts`]: `import { createRequire } from 'node:module'\nconst OpenAI = createRequire(import.meta.url)('${openai}')${ASK}`,
})

/** Flags for programs in JavaScript, and for those that `tsx` compiles, before us or after us. Node loads what is required before what is imported. */
const REGISTER = '@tokenmeter/node/register'
const JAVASCRIPT = [
  ['--import', REGISTER],
  ['--require', REGISTER],
]
const TYPESCRIPT = [
  ['--import', REGISTER, '--import', 'tsx'],
  ['--import', 'tsx', '--import', REGISTER],
  ['--require', REGISTER, '--import', 'tsx'],
]

/** Every way of starting that the README names: with all majors on the oldest Node we support, with the newest major on the newest that we test with. */
async function startApplications(project: string): Promise<void> {
  await using provider = await startProvider()
  const start = async (node: string, openai: string): Promise<void> => {
    for (const [file, source] of Object.entries(sourcesFor(openai))) {
      writeFileSync(join(project, file), source)
      for (const flags of file.endsWith('.ts') ? TYPESCRIPT : JAVASCRIPT) {
        await startApplication(project, provider.url, node, [...flags, file])
      }
    }
  }
  for (const openai of Object.keys(OPENAI)) await start(join(project, 'node_modules/node-minimum/bin/node'), openai)
  await start(process.execPath, 'openai')
  console.log('applications start as ESM, CommonJS and TypeScript, by --import and --require, on both versions of Node')
}

async function startApplication(project: string, url: string, node: string, args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    OPENAI_API_KEY: 'test',
    OPENAI_BASE_URL: url,
    TOKENMETER_OTLP: 'off',
    TOKENMETER_METRICS_PORT: String(await freePort()),
  }
  const { stdout } = await runFile(node, args, { cwd: project, env })
  if (stdout !== 'On its way. 0.0000045\n') {
    throw new Error(`${args.join(' ')} on ${node} printed ${JSON.stringify(stdout)}`)
  }
}

async function startProvider(): Promise<AsyncDisposable & { readonly url: string }> {
  const answer = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o-mini-2024-07-18',
    choices: [{ index: 0, message: { role: 'assistant', content: 'On its way.' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  })
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end(answer))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    },
  }
}

async function freePort(): Promise<number> {
  const { metrics } = await findFreePorts(['metrics'])
  return metrics
}

try {
  const tarballs = packPackages(work)
  for (const [name, tarball] of tarballs) judge(name, tarball)
  const project = installAsUser(tarballs)
  loadEntries(project)
  await startApplications(project)
  await summarizeLog(project)
  await showCalls(project)
} finally {
  rmSync(work, { recursive: true, force: true })
}
