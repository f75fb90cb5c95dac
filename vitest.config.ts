import { readdirSync } from 'node:fs'
import { defineConfig } from 'vitest/config'

/** Workspace siblings are read as TypeScript source, so that tests need no build. */
const conditions = ['source', 'node', 'import']

const packages = readdirSync('packages')

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: packages.map((name) => ({
      extends: true as const,
      test: {
        name,
        root: `packages/${name}`,
        include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
        testTimeout: 30_000,
      },
    })),
  },
})
