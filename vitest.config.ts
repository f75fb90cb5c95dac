import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Workspace siblings are read as TypeScript source, so that tests need no build. */
const conditions = ['source', 'node', 'import']

const folders = [...readdirSync('packages').map((name) => `packages/${name}`), 'examples/demo', 'collector'].filter(
  (folder) => existsSync(join(folder, 'package.json')),
)
const reports = process.env['TEST_REPORTS']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: reports ? ['default', ['json', { outputFile: join(reports, 'unit.json') }]] : ['default'],
    projects: folders.map((root) => ({
      extends: true as const,
      test: { name: root.split('/').at(-1) ?? root, root, include: ['src/**/*.test.ts', 'test/**/*.test.ts'] },
    })),
  },
})
