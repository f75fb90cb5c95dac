import { readdirSync, readFileSync } from 'node:fs'
import { defineConfig, type UserConfig } from 'tsdown'
import { lateRequires } from './build/late-requires.ts'
import { chunksOf } from './build/chunks.ts'

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

/**
 * Tables of prices are parsed when one of their fields is read for the first time, and not in every process that starts; and by `JSON.parse`, which takes a third of
 * the time of the literals that a bundler makes of them.
 */
const tables = {
  name: 'tables',
  load(id: string) {
    if (!id.endsWith('.json')) return undefined
    const table = JSON.parse(readFileSync(id, 'utf8')) as object
    const fields = Object.keys(table).map(
      (field) => `get ${JSON.stringify(field)}() { return read()[${JSON.stringify(field)}] }`,
    )
    const code = [
      'let table',
      `const read = () => (table ??= JSON.parse(${JSON.stringify(JSON.stringify(table))}))`,
      `export default { ${fields.join(', ')} }`,
    ]
    return { code: code.join('\n'), moduleType: 'js' as const }
  },
}

/**
 * One character beyond Latin-1 doubles a file in memory, and V8 reads it at half the speed: before the application's first line. Docstrings are for people,
 * who read them in the declarations.
 */
const quickToLoad = {
  charset: 'ascii',
  comments: { legal: true, annotation: true, jsdoc: false },
} as const

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
    plugins: [tables, lateRequires],
    // As cutting needs it; what entries export is the same all the same, which `.ci/check-packages.ts` sees to.
    inputOptions: (options, format, { cjsDts }) => ({
      ...options,
      ...(format === 'cjs' && !cjsDts && { preserveEntrySignatures: 'allow-extension' as const }),
    }),
    outputOptions: (options, format, { cjsDts }) => ({
      ...options,
      ...quickToLoad,
      ...(format === 'cjs' && !cjsDts && chunksOf(name, (file) => entries.has(file))),
    }),
    dts: name !== 'cli',
    platform: 'node',
    target: 'node22.15',
    fixedExtension: true,
    shims: true,
    logLevel: 'warn',
  })),
)
