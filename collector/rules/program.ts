import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { buildServer } from '../servers/build.ts'
import { findRecipe, type Recipe } from '../servers/recipe.ts'

/** How a program ended, and what it wrote to both of its outputs. */
interface ProgramResult {
  readonly succeeded: boolean
  readonly output: string
}

/** A program that is built, or comes with one of the servers. */
export type Program = (...args: string[]) => Promise<ProgramResult>

/**
 * A program from the folder of what is built by a recipe, such as `promtool` from that of Prometheus. It is built first if the cache
 * does not have it.
 *
 * @throws {Error} when it has to be built and cannot be.
 */
export async function findProgram(recipe: Recipe['name'], name: string): Promise<Program> {
  const path = join(await buildServer(findRecipe(recipe)), name)
  return (...args) =>
    new Promise((resolve) => {
      execFile(path, args, (error, stdout, stderr) => {
        resolve({ succeeded: error === null, output: `${stdout}${stderr}` })
      })
    })
}
