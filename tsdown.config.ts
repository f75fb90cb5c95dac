import { readdirSync } from 'node:fs'
import { defineConfig, type UserConfig } from 'tsdown'

/** Files of a package that its manifest exports: the public entry and, where there is one, a second door. */
const entries = new Set(['index.ts', 'register.ts', 'watch.ts'])

export default defineConfig(
  readdirSync('packages').map((name): UserConfig => ({
    cwd: `packages/${name}`,
    entry: readdirSync(`packages/${name}/src`)
      .filter((file) => entries.has(file))
      .map((file) => `src/${file}`),
    format: ['esm', 'cjs'],
    dts: true,
    platform: 'node',
    target: 'node22.15',
    fixedExtension: true,
    shims: true,
    logLevel: 'warn',
  })),
)
