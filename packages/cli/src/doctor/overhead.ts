import { relative, resolve } from 'node:path'
import { INSTRUMENTS } from '@tokenmeter/meter/names'
import { measureAddedMs } from './added-time.ts'
import { CallerFailed } from './caller.ts'
import { type Check, type Finding, note, ok, problem, skipped } from './check.ts'
import type { Context } from './context.ts'
import { NoAnswer } from './http.ts'
import { installed } from './installed.ts'
import { findFile, type Load, loadsOf, REGISTER } from './loads.ts'
import { askMetricsPage } from './metrics-page.ts'
import { type Preload, readNodeOptions, readStartCommand, startScript } from './start-command.ts'

/** Longer than this a call of any length must not become. */
const MOST_MS = 1
/** Share of a call of the application that is worth a note. */
const MUCH = 0.05
const DURATION = INSTRUMENTS.requestDuration.prometheusName

/** What calls take longer for what the application loads before them. */
export const overhead: Check = {
  id: 'application-overhead',
  stages: ['pre', 'production'],
  looksAt:
    'how much longer a call takes with Tokenmeter as the application starts it: two processes, one with it and one without, make calls with the `openai` of this folder that are answered from memory, in turns; the fastest of five rounds each',
  complains:
    'it is more than 1 ms; more than 5% of what calls of the application take on average, by its `/metrics`, is a note',
  writes: true,
  run: async (context) => {
    const missing = ['openai', '@tokenmeter/node'].find((name) => !installed(name, context.folder))
    if (missing) return skipped(`${missing} is not installed in this folder`)
    const setUp = setUpOf(context)
    try {
      return judgeAdded(await measureAddedMs(context, setUp), nameOf(setUp), await meanCallMs(context))
    } catch (error) {
      if (error instanceof CallerFailed) return skipped(error.message)
      throw error
    }
  },
}

/** What is to be said of it, beside what a call of the application takes, where that is known. */
export function judgeAdded(addedMs: number, what: string, callMs: number | undefined): Finding {
  const share = callMs === undefined ? 0 : addedMs / callMs
  const held =
    callMs === undefined
      ? ''
      : `: ${(100 * share).toFixed(2)}% of the ${callMs.toFixed(callMs < 10 ? 1 : 0)} ms that calls of the application take`
  const line = `a call takes ${addedMs.toFixed(2)} ms longer with ${what}${held}`
  if (addedMs > MOST_MS) {
    return problem(
      line,
      'Look there for what every call waits for: a span processor that exports at once, an onCall or a hook that blocks; node --cpu-prof shows it',
    )
  }
  return share > MUCH ? note(line, 'It is as little as elsewhere, and the calls are short') : ok(line)
}

/**
 * What is loaded before the calls: what the command and `NODE_OPTIONS` load first, and where that does not bring Tokenmeter, the file of the application that
 * does. That one may be part of the application itself, which nobody wants to be started: then it is Tokenmeter without it.
 */
function setUpOf({ env, folder, start }: Context): readonly Preload[] {
  const command = start ?? startScript(folder)
  const { preloads, entry } = command === undefined ? { preloads: [], entry: undefined } : readStartCommand(command)
  const first = [...readNodeOptions(env['NODE_OPTIONS'] ?? ''), ...preloads]
  if (first.some(({ module }) => bringsTokenmeter(module, folder))) return first
  const file = entry === undefined ? undefined : fileThatRegisters(resolve(folder, entry))
  return [...first, { flag: '--import', module: file ? `./${relative(folder, file)}` : REGISTER }]
}

function bringsTokenmeter(module: string, folder: string): boolean {
  return module === REGISTER || (module.startsWith('.') && loads(resolve(folder, module)).some(({ isOurs }) => isOurs))
}

/** A file that does nothing but set up telemetry, as far as can be told: it is not the application's first, and has nothing to do with the client. */
function fileThatRegisters(entry: string): string | undefined {
  const file = loads(entry).find(({ isOurs }) => isOurs)?.file
  if (file === undefined || file === findFile(entry)) return undefined
  return loads(file).every(({ isOurs }) => isOurs) ? file : undefined
}

const loads = (path: string): Load[] => [...loadsOf(path)]

const nameOf = (setUp: readonly Preload[]): string => setUp.map(({ module }) => module).join(', ')

/** What calls of the application take, on average since it started; unknown where it is not running, or was not asked for anything yet. */
async function meanCallMs(context: Context): Promise<number | undefined> {
  try {
    const samples = await askMetricsPage(context)
    const sumOf = (suffix: string): number =>
      samples.filter(({ name }) => name === `${DURATION}_${suffix}`).reduce((sum, { value }) => sum + value, 0)
    const calls = sumOf('count')
    return calls > 0 ? (1000 * sumOf('sum')) / calls : undefined
  } catch (error) {
    if (error instanceof NoAnswer) return undefined
    throw error
  }
}
