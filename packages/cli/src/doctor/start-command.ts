import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJson } from './prometheus-api.ts'

/** A module that is loaded first. */
export interface Preload {
  readonly flag: '--import' | '--require'
  readonly module: string
}

/** What a command line of Node says about what is loaded, and in which order. */
export interface StartCommand {
  readonly preloads: readonly Preload[]
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
const PRELOAD_FLAGS: Readonly<Record<string, Preload['flag']>> = {
  '--import': '--import',
  '--require': '--require',
  '-r': '--require',
}
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
export function readNodeOptions(options: string): Preload[] {
  return preloadsIn(wordsOf(options))
}

/** `NODE_OPTIONS` that load nothing first, and are the same otherwise. */
export function withoutPreloads(options: string): string {
  const words = wordsOf(options)
  const kept = words.filter(
    (word, index) => PRELOAD_FLAGS[nameOf(word)] === undefined && PRELOAD_FLAGS[words[index - 1] ?? ''] === undefined,
  )
  return kept.map((word) => (/\s/.test(word) ? JSON.stringify(word) : word)).join(' ')
}

const nameOf = (word: string): string => word.split('=', 1)[0] ?? ''

function preloadsIn(args: readonly string[]): Preload[] {
  return args.flatMap((word, index) => {
    const [name = '', value] = word.split('=', 2)
    const flag = PRELOAD_FLAGS[name]
    return flag ? [{ flag, module: value ?? args[index + 1] ?? '' }] : []
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
