import { buildServer } from './build.ts'
import { findBuiltServer } from './cache.ts'
import { reportProgress } from './progress.ts'
import type { Recipe } from './recipe.ts'

/**
 * Builds the servers that the cache does not have, one at a time, and shows how far it is.
 *
 * @param signal aborting it stops the build that runs, and those that would follow
 * @throws {Error} when there is no Go, or when a build fails or is aborted.
 */
export async function buildMissingServers(recipes: readonly Recipe[], signal?: AbortSignal): Promise<void> {
  for (const recipe of recipes) {
    signal?.throwIfAborted()
    if (await findBuiltServer(recipe)) continue
    using progress = reportProgress(`${recipe.name} ${recipe.version}`)
    progress.end(`built  ${await buildServer(recipe, { signal, onProgress: progress.update })}`)
  }
}
