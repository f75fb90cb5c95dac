/**
 * Builds the servers of the stack for a machine without Docker, one at a time, into the user's cache.
 *
 *     node collector/build-servers.ts                        # all of them
 *     node collector/build-servers.ts otelcol prometheus     # these
 */
import { parseArgs } from 'node:util'

import { buildMissingServers } from './servers/build-missing.ts'
import { findBuiltServer } from './servers/cache.ts'
import { findRecipe, RECIPES } from './servers/recipe.ts'

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const recipes = positionals.length > 0 ? positionals.map(findRecipe) : RECIPES
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())

  for (const recipe of recipes) {
    const cached = await findBuiltServer(recipe)
    if (cached) console.log(`${recipe.name} ${recipe.version}  in the cache  ${cached}`)
    else await buildMissingServers([recipe], abort.signal)
  }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
