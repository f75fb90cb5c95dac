import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

const FILE = 'viewer.sqlite'

/**
 * Where the calls of a project are kept when nobody says where: in the cache of its `node_modules`, which is never committed; outside of a project, in the
 * cache folder of the user (`XDG_CACHE_HOME`, by default `~/.cache`: https://specifications.freedesktop.org/basedir-spec/latest/).
 *
 * @param folder where the program was started
 */
export function cacheFile(folder: string, env: Readonly<Record<string, string | undefined>>): string {
  const project = projectOf(folder)
  if (project !== undefined) return join(project, 'node_modules', '.cache', 'tokenmeter', FILE)
  return join(env['XDG_CACHE_HOME'] || env['LOCALAPPDATA'] || join(homedir(), '.cache'), 'tokenmeter', FILE)
}

/** The nearest folder above that is a project with something installed. */
function projectOf(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, 'package.json')) && existsSync(join(at, 'node_modules'))) return at
    if (dirname(at) === at) return undefined
  }
}
