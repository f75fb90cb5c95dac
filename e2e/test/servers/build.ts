import { buildMissingServers } from '../../../collector/servers/build-missing.ts'
import { RECIPES } from '../../../collector/servers/recipe.ts'

/** Vitest's global set-up: every server is in the cache before a test needs it, however long that takes. */
export default async function buildServers(): Promise<void> {
  await buildMissingServers(RECIPES)
}
