import { readdirSync, readFileSync } from 'node:fs'
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
  'names.ts',
  'register.ts',
  'store/store-thread.ts',
  'thread.ts',
  'watch.ts',
])

/** Tables of prices are read by `JSON.parse`: as the literals that a bundler makes of them they take thrice the time, in every process that starts. */
const tables = {
  name: 'tables',
  load: (id: string) =>
    id.endsWith('.json')
      ? {
          code: `export default JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(readFileSync(id, 'utf8'))))})`,
          moduleType: 'js' as const,
        }
      : undefined,
}

export default defineConfig(
  readdirSync('packages').map((name): UserConfig => ({
    cwd: `packages/${name}`,
    entry: readdirSync(`packages/${name}/src`, { recursive: true, encoding: 'utf8' })
      .filter((file) => entries.has(file))
      .map((file) => `src/${file}`),
    // The page of the viewer is built by Vite, before or after this.
    clean: ['dist/*', '!dist/page'],
    // Programs are run, and never imported.
    format: name === 'cli' ? ['esm'] : ['esm', 'cjs'],
    plugins: [tables],
    dts: name !== 'cli',
    platform: 'node',
    target: 'node22.15',
    fixedExtension: true,
    shims: true,
    logLevel: 'warn',
  })),
)
