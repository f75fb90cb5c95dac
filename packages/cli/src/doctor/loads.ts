import { readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** What is imported, or started with, to have Tokenmeter before the application. */
export const REGISTER = '@tokenmeter/node/register'
/** Loading it is not enough: the file that loads it calls `register()`, after everything it imports. */
const LIBRARY = '@tokenmeter/node'
const CLIENT = /^openai(?:\/|$)/
const ENDINGS = ['', '.ts', '.js', '.mjs', '.cjs', '.mts', '.cts', '/index.ts', '/index.js']
/** More files than an application loads before its client. */
const MOST_FILES = 2000

/** A file loads Tokenmeter or the client, by itself. */
export interface Load {
  readonly isOurs: boolean
  /** Its path. */
  readonly file: string
}

/**
 * Where files of an application load Tokenmeter or `openai`, in the order in which modules are evaluated, imports before the file that has them; as far as static
 * imports and `require` calls tell.
 */
export function* loadsOf(path: string, seen: Set<string> = new Set<string>()): Generator<Load> {
  const file = findFile(path)
  if (file === undefined || seen.has(file) || seen.size >= MOST_FILES) return
  seen.add(file)
  let registers = false
  for (const { specifier, isRequire } of importsOf(readFileSync(file, 'utf8'))) {
    if (specifier === REGISTER || (specifier === LIBRARY && isRequire)) yield { isOurs: true, file }
    else if (specifier === LIBRARY) registers = true
    else if (CLIENT.test(specifier)) yield { isOurs: false, file }
    else if (specifier.startsWith('.')) yield* loadsOf(resolve(dirname(file), specifier), seen)
  }
  if (registers) yield { isOurs: true, file }
}

const IMPORT =
  /^[ \t]*(?:import|export)\b(?!\s+type\b)(?:[^'"();]*?\bfrom)?\s*(['"])(?<imported>[^'"]+)\1|\brequire\(\s*(['"])(?<required>[^'"]+)\3\s*\)/gm

interface Import {
  readonly specifier: string
  readonly isRequire: boolean
}

/** Static imports and `require` calls, in the order of the text. `import()` comes later, and is left out. */
function importsOf(source: string): Import[] {
  return [...source.matchAll(IMPORT)].map(({ groups }) => ({
    specifier: groups?.['imported'] ?? groups?.['required'] ?? '',
    isRequire: groups?.['required'] !== undefined,
  }))
}

/** The file that a path without an ending means, or one with it: TypeScript may say `.js` and mean `.ts`. */
export function findFile(path: string): string | undefined {
  const candidates = [...ENDINGS.map((ending) => path + ending), path.replace(/\.([cm]?)js$/, '.$1ts')]
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile())
}
