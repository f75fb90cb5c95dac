import { vi } from 'vitest'

/** Another copy of the package in this process, as an application has that loads it both as ESM and as CJS. */
export async function freshCopy(): Promise<typeof import('../../src/index.ts')> {
  vi.resetModules()
  return import('../../src/index.ts')
}
