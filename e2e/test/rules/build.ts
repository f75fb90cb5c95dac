import { buildMissingServers } from '../../../collector/servers/build-missing.ts'
import { findRecipe } from '../../../collector/servers/recipe.ts'

/** Vitest's global set-up: promtool and amtool are in the cache, which come with these two servers, and `docker compose`. */
export default async function buildCheckers(): Promise<void> {
  await buildMissingServers([findRecipe('prometheus'), findRecipe('alertmanager'), findRecipe('compose')])
}
