import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/**
 * Looks at the packages as their users get them: packs each, lets publint and attw judge the tarball, installs all tarballs in an
 * empty project and loads every entry as ESM and as CommonJS.
 */
const root = resolve(import.meta.dirname, '..')
const work = mkdtempSync(join(tmpdir(), 'tokenmeter-packages-'))
const names = readdirSync(join(root, 'packages'))

const run = (command: string, args: readonly string[], cwd: string): string =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })

try {
  const tarballs = new Map(names.map((name) => [`@tokenmeter/${name}`, pack(name)]))
  for (const [name, tarball] of tarballs) judge(name, tarball)
  loadAsUser(tarballs)
} finally {
  rmSync(work, { recursive: true, force: true })
}

function pack(name: string): string {
  const { filename } = JSON.parse(
    run('pnpm', ['pack', '--json', '--pack-destination', work], join(root, 'packages', name)),
  ) as { filename: string }
  return filename
}

function judge(name: string, tarball: string): void {
  console.log(`${name}: publint, attw`)
  run('publint', ['--strict', tarball], root)
  run('attw', ['--profile', 'node16', '--format', 'ascii', tarball], root)
}

function loadAsUser(tarballs: ReadonlyMap<string, string>): void {
  const project = join(work, 'project')
  mkdirSync(project)
  const overrides = Object.fromEntries([...tarballs].map(([name, tarball]) => [name, `file:${tarball}`]))
  writeFileSync(
    join(project, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { ...overrides, openai: '7.57.0', '@opentelemetry/api': '^1.10.0' },
    }),
  )
  writeFileSync(
    join(project, 'pnpm-workspace.yaml'),
    `packages: []\nverifyDepsBeforeRun: false\nallowBuilds: {protobufjs: false}\noverrides: ${JSON.stringify(overrides)}\n`,
  )
  run('pnpm', ['install', '--prefer-offline', '--no-frozen-lockfile'], project)
  const entries = ['meter', 'pricing', 'instrumentation-openai', 'instrumentation-openai/watch', 'node']
  for (const entry of entries) {
    const load = `if (Object.keys(loaded).length === 0) throw new Error('${entry} exports nothing')`
    run('node', ['--input-type=module', '-e', `import * as loaded from '@tokenmeter/${entry}'; ${load}`], project)
    run('node', ['--input-type=commonjs', '-e', `const loaded = require('@tokenmeter/${entry}'); ${load}`], project)
  }
  const program = `console.log('the application ran')`
  for (const flag of ['--import', '--require']) {
    const output = run('node', [flag, '@tokenmeter/node/register', '-e', program], project)
    if (output !== 'the application ran\n') throw new Error(`${flag} changed what the application prints: ${output}`)
  }
  console.log('tarballs load as ESM and as CommonJS, by --import and by --require')
}
