import { relative, resolve } from 'node:path'
import { type Check, type Finding, ok, problem, skipped } from './check.ts'
import type { Context } from './context.ts'
import { type Load, loadsOf, REGISTER } from './loads.ts'
import { readNodeOptions, readStartCommand, startScript } from './start-command.ts'

/** Whether Tokenmeter is there before `openai` is loaded, as far as that can be read from the command and the files. */
export const loadOrder: Check = {
  id: 'environment-load-order',
  stages: ['pre', 'post'],
  looksAt:
    '`NODE_OPTIONS` and the command that starts the application (`--start`, or the script `start` of package.json), and what its files import, in their order',
  complains: '`openai` is loaded before Tokenmeter, or Tokenmeter not at all',
  run: (context) => {
    const preloads = readNodeOptions(context.env['NODE_OPTIONS'] ?? '')
    if (preloads.some(({ module }) => module === REGISTER)) {
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
  const files: string[] = []
  for (const { module } of preloads) {
    if (module === REGISTER) return ok(`${JSON.stringify(command)} loads Tokenmeter before the application`)
    if (module.startsWith('.')) files.push(module)
  }
  if (entry === undefined) {
    return skipped(
      `what ${JSON.stringify(command)} loads cannot be told: set NODE_OPTIONS="--import ${REGISTER}" to be sure`,
    )
  }
  const first = firstLoad([...files, entry], folder)
  if (first === undefined) {
    return skipped(`${entry} loads neither openai nor Tokenmeter, as far as its imports tell`)
  }
  const file = relative(folder, first.file)
  return first.isOurs
    ? ok(`${file} loads Tokenmeter before openai`)
    : problem(
        `${file} loads openai, and nothing has loaded Tokenmeter by then`,
        `Start it with node --import ${REGISTER} ${entry}`,
      )
}

function firstLoad(files: readonly string[], folder: string): Load | undefined {
  const seen = new Set<string>()
  for (const path of files) {
    const { value } = loadsOf(resolve(folder, path), seen).next()
    if (value) return value as Load
  }
  return undefined
}
