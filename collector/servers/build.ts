import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import { createWorkFolder, findBuiltServer, storeBuiltServer } from './cache.ts'
import { readGoSettings, runGo } from './go.ts'
import type { GoProgress, GoSettings } from './go.ts'
import type { Recipe } from './recipe.ts'

/** Watches over one build. */
export interface BuildOptions {
  readonly onProgress?: (progress: GoProgress) => void
  /** Aborting it stops the build and removes what it has made so far. */
  readonly signal?: AbortSignal | undefined
}

/**
 * The folder with the binaries of a server, which is built first if the cache does not have it: that takes minutes, and
 * about 2 GB of disk until it is done.
 *
 * @throws {Error} when there is no Go, or when the build fails or is aborted.
 */
export async function buildServer(recipe: Recipe, options: BuildOptions = {}): Promise<string> {
  const cached = await findBuiltServer(recipe)
  if (cached) return cached

  const go = await readGoSettings()
  const startTime = performance.now()
  await using work = await createWorkFolder()
  const bin = join(work.path, 'bin')
  await mkdir(bin)
  await runGo(goArguments(recipe, bin), {
    cwd: recipe.module ?? work.path,
    env: goEnvironment(go, work.path, bin),
    signal: options.signal,
    onProgress: options.onProgress ?? ignore,
  })
  const seconds = Math.round((performance.now() - startTime) / 1000)
  return await storeBuiltServer(recipe, bin, { goVersion: go.version, seconds })
}

function goArguments(recipe: Recipe, bin: string): string[] {
  const flags = [
    '-v',
    '-trimpath',
    '-buildvcs=false',
    '-modcacherw',
    `-tags=${recipe.tags.join(',')}`,
    `-ldflags=${['-s -w', ...recipe.linkerFlags].join(' ')}`,
  ]
  if (!recipe.module) return ['install', ...flags, ...recipe.packages]
  return ['build', ...flags, '-mod=readonly', '-o', `${bin}/`, ...recipe.packages]
}

/** Caches of their own, so that a build neither fills nor depends on the ones of the user. */
function goEnvironment(go: GoSettings, work: string, bin: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CGO_ENABLED: '0',
    GOBIN: bin,
    GOCACHE: join(work, 'build-cache'),
    GOMODCACHE: join(work, 'module-cache'),
    GOPROXY: go.proxy,
    GOTMPDIR: work,
    GOWORK: 'off',
  }
}

function ignore(): void {}
