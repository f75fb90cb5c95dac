import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Workspace siblings are read as TypeScript source, so that tests need no build. */
const conditions = ['source', 'node', 'import']

const reports = process.env['TEST_REPORTS']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    fileParallelism: false,
    reporters: reports ? ['default', ['json', { outputFile: join(reports, `e2e-${process.pid}.json`) }]] : ['default'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'rules', include: ['test/rules/**/*.test.ts'], globalSetup: ['test/rules/build.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'loading',
          include: ['test/loading/**/*.test.ts'],
          globalSetup: ['test/loading/install.ts'],
          // Bundlers take their time.
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['test/browser/**/*.test.ts'], globalSetup: ['test/browser/build.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'zipkin',
          include: ['test/zipkin/**/*.test.ts'],
          globalSetup: ['test/servers/build.ts'],
          // Java takes its time.
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: { name: 'redis', include: ['test/redis/**/*.test.ts'], globalSetup: ['test/redis/install.ts'] },
      },
      {
        extends: true,
        test: { name: 'servers', include: ['test/servers/**/*.test.ts'], globalSetup: ['test/servers/build.ts'] },
      },
    ],
  },
})
