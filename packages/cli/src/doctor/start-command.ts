import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from './prometheus-api.ts'

/** What a command line of Node says about what is loaded, and in which order. */
export interface StartCommand {
  /** Modules that are loaded first: `--import`, `--require`, `-r`. */
  readonly preloads: readonly string[]
  /** The file of the application; `undefined` where something else than Node starts it. */
  readonly entry: string | undefined
}

/** Flags of Node with a value in the next word, as far as they are used to start applications (Node 24, "Command-line API"). */
const FLAGS_WITH_VALUE = new Set([
  '--import',
  '--require',
  '-r',
  '--conditions',
  '-C',
  '--env-file',
  '--env-file-if-exists',
  '--loader',
  '--experimental-loader',
  '--title',
])
const PRELOAD_FLAGS = new Set(['--import', '--require', '-r'])
/** What starts a file as Node does; the subcommands of tsx and Bun come before the file. */
const RUNNERS = /(?:^|\/)(?:node|nodejs|tsx|ts-node|nodemon)$/
const SUBCOMMANDS = new Set(['watch'])

/** The script `start` of the `package.json` in a folder. */
export function startScript(folder: string): string | undefined {
  try {
    const manifest = parseJson(readFileSync(join(folder, 'package.json'), 'utf8')) as
      | { readonly scripts?: { readonly start?: string } }
      | undefined
    return manifest?.scripts?.start
  } catch {
    return undefined
  }
}

/** Reads a command line, and the variables that are set in front of it. */
export function readStartCommand(text: string): StartCommand {
  const words = wordsOf(text)
  const variables = words.filter((word) => word.startsWith('NODE_OPTIONS='))
  const preloads = variables.flatMap((variable) => readNodeOptions(variable.slice('NODE_OPTIONS='.length)))
  const runner = words.findIndex((word) => RUNNERS.test(word))
  if (runner < 0) return { preloads, entry: undefined }
  const args = words.slice(runner + 1)
  return { preloads: [...preloads, ...preloadsIn(args)], entry: entryIn(args) }
}

/** The modules that `NODE_OPTIONS` loads first. */
export function readNodeOptions(options: string): string[] {
  return preloadsIn(wordsOf(options))
}

function preloadsIn(args: readonly string[]): string[] {
  return args.flatMap((word, index) => {
    const [flag = '', value] = word.split('=', 2)
    if (!PRELOAD_FLAGS.has(flag)) return []
    return [value ?? args[index + 1] ?? '']
  })
}

function entryIn(args: readonly string[]): string | undefined {
  return args.find(
    (word, index) =>
      !word.startsWith('-') && !SUBCOMMANDS.has(word) && !(index > 0 && FLAGS_WITH_VALUE.has(args[index - 1] ?? '')),
  )
}

/** Words as a shell splits them; quotes are taken off, nothing is expanded. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  return words.map((word) => word.replaceAll(/["']/g, ''))
}
