import { readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** A package that was found. */
export interface Installed {
  readonly folder: string
  readonly version: string
}

/**
 * A package as a module in a folder would find it. Its `package.json` need not be exported, so it is looked for from folder to folder; not in those of `NODE_PATH`,
 * which imports do not see.
 */
export function installed(name: string, folder: string): Installed | undefined {
  const paths = createRequire(join(folder, 'package.json')).resolve.paths(name) ?? []
  for (const modules of paths.filter((path) => `${folder}/`.startsWith(join(dirname(path), '/')))) {
    const file = join(modules, name, 'package.json')
    try {
      const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }
      return { folder: dirname(realpathSync(file)), version }
    } catch {
      // Not in this one.
    }
  }
  return undefined
}
