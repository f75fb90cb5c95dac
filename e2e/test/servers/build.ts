import { buildServer } from '../../../collector/servers/build.ts'
import { findBuiltServer } from '../../../collector/servers/cache.ts'
import { reportProgress } from '../../../collector/servers/progress.ts'
import { RECIPES } from '../../../collector/servers/recipe.ts'

/** Vitest's global set-up: every server is in the cache before a test needs it, however long that takes. */
export default async function buildMissingServers(): Promise<void> {
  for (const recipe of RECIPES) {
    if (await findBuiltServer(recipe)) continue
    using progress = reportProgress(`${recipe.name} ${recipe.version}`)
    progress.end(`built  ${await buildServer(recipe, { onProgress: progress.update })}`)
  }
}
