/**
 * Builds the servers of the stack for a machine without Docker, one at a time, into the user's cache.
 *
 *     node collector/build-servers.ts                        # all of them
 *     node collector/build-servers.ts otelcol prometheus     # these
 */
import { parseArgs } from 'node:util'

import { buildServer } from './servers/build.ts'
import { findBuiltServer } from './servers/cache.ts'
import { reportProgress } from './servers/progress.ts'
import { RECIPES, findRecipe } from './servers/recipe.ts'
import type { Recipe } from './servers/recipe.ts'

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const recipes = positionals.length > 0 ? positionals.map(findRecipe) : RECIPES
  const abort = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort())

  for (const recipe of recipes) await buildOne(recipe, abort.signal)
}

async function buildOne(recipe: Recipe, signal: AbortSignal): Promise<void> {
  const title = `${recipe.name} ${recipe.version}`
  const cached = await findBuiltServer(recipe)
  if (cached) {
    console.log(`${title}  in the cache  ${cached}`)
    return
  }
  using progress = reportProgress(title)
  const folder = await buildServer(recipe, { signal, onProgress: progress.update })
  progress.end(`built  ${folder}`)
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
