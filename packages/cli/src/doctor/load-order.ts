import { readFileSync, statSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { type Check, type Finding, ok, problem, skipped } from './check.ts'
import type { Context } from './context.ts'
import { readNodeOptions, readStartCommand, startScript } from './start-command.ts'

const REGISTER = '@tokenmeter/node/register'
/** Loading it is not enough: the file that loads it calls `register()`, after everything it imports. */
const LIBRARY = '@tokenmeter/node'
const CLIENT = /^openai(?:\/|$)/
const ENDINGS = ['', '.ts', '.js', '.mjs', '.cjs', '.mts', '.cts', '/index.ts', '/index.js']
/** More files than an application loads before its client. */
const MOST_FILES = 2000

/** Whether Tokenmeter is there before `openai` is loaded, as far as that can be read from the command and the files. */
export const loadOrder: Check = {
  id: 'environment-load-order',
  stages: ['pre', 'post'],
  looksAt:
    '`NODE_OPTIONS` and the command that starts the application (`--start`, or the script `start` of package.json), and what its files import, in their order',
  complains: '`openai` is loaded before Tokenmeter, or Tokenmeter not at all',
  run: (context) => {
    if (readNodeOptions(context.env['NODE_OPTIONS'] ?? '').includes(REGISTER)) {
      return ok('NODE_OPTIONS loads Tokenmeter before anything else')
    }
    const command = context.start ?? startScript(context.folder)
    if (command === undefined) {
      return skipped('it is not known how the application is started: say it with --start "node … app.js"')
    }
    return judge(command, context)
  },
}

function judge(command: string, { folder }: Context): Finding {
  const { preloads, entry } = readStartCommand(command)
  const files: LoadedFile[] = []
  for (const preload of preloads) {
    if (preload === REGISTER) return ok(`${JSON.stringify(command)} loads Tokenmeter before the application`)
    if (preload.startsWith('.')) files.push({ path: preload })
  }
  if (entry === undefined) {
    return skipped(
      `what ${JSON.stringify(command)} loads cannot be told: set NODE_OPTIONS="--import ${REGISTER}" to be sure`,
    )
  }
  const first = firstLoaded([...files, { path: entry }], folder)
  if (first === undefined) {
    return skipped(`${entry} loads neither openai nor Tokenmeter, as far as its imports tell`)
  }
  return first.isOurs
    ? ok(`${first.file} loads Tokenmeter before openai`)
    : problem(
        `${first.file} loads openai, and nothing has loaded Tokenmeter by then`,
        `Start it with node --import ${REGISTER} ${entry}`,
      )
}

interface LoadedFile {
  readonly path: string
}

interface First {
  readonly isOurs: boolean
  readonly file: string
}

/** Which of the two is loaded first, and by which file: as modules are evaluated, imports before the file that has them. */
function firstLoaded(files: readonly LoadedFile[], folder: string): First | undefined {
  const seen = new Set<string>()
  for (const { path } of files) {
    const first = walk(resolve(folder, path))
    if (first) return first
  }
  return undefined

  function walk(path: string): First | undefined {
    const file = findFile(path)
    if (file === undefined || seen.has(file) || seen.size >= MOST_FILES) return undefined
    seen.add(file)
    let registers = false
    for (const { specifier, isRequire } of importsOf(readFileSync(file, 'utf8'))) {
      if (specifier === REGISTER || (specifier === LIBRARY && isRequire)) return told(true, file)
      if (specifier === LIBRARY) registers = true
      else if (CLIENT.test(specifier)) return told(false, file)
      else if (specifier.startsWith('.')) {
        const first = walk(resolve(dirname(file), specifier))
        if (first) return first
      }
    }
    return registers ? told(true, file) : undefined
  }

  function told(isOurs: boolean, file: string): First {
    return { isOurs, file: relative(folder, file) }
  }
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

/** TypeScript may say `.js` and mean `.ts`. */
function findFile(path: string): string | undefined {
  const candidates = [...ENDINGS.map((ending) => path + ending), path.replace(/\.([cm]?)js$/, '.$1ts')]
  return candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile())
}
