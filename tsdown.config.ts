import { readdirSync } from 'node:fs'
import { defineConfig, type UserConfig } from 'tsdown'

/**
 * Files of a package that its manifest exports or runs: the public entry and, where there is one, a second door. `instrumentation.ts` is a file of its own so
 * that bundlers can leave out what only it imports.
 */
const entries = new Set([
  'call-log.ts',
  'edge.ts',
  'index.ts',
  'instrumentation.ts',
  'main.ts',
  'register.ts',
  'store/store-thread.ts',
  'watch.ts',
])

export default defineConfig(
  readdirSync('packages').map((name): UserConfig => ({
    cwd: `packages/${name}`,
    entry: readdirSync(`packages/${name}/src`, { recursive: true, encoding: 'utf8' })
      .filter((file) => entries.has(file))
      .map((file) => `src/${file}`),
    // Programs are run, and never imported.
    format: name === 'cli' ? ['esm'] : ['esm', 'cjs'],
    dts: name !== 'cli',
    platform: 'node',
    target: 'node22.15',
    fixedExtension: true,
    shims: true,
    logLevel: 'warn',
  })),
)
