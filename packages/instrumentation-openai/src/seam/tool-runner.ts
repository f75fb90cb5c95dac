import { guard } from '@tokenmeter/meter'
import type { Observer } from './observer.ts'
import { type AnyFunction, ownerOf, rootOwnerOf, type Undo, type Wrapper, wrapMethod } from './patch.ts'
import { isObject, type ToolRunner } from './shapes.ts'
import { standInFor } from './stand-in.ts'
import { ToolRun } from './tool-run.ts'

/** How a run is begun, and the loop within it: tools since v4, functions in v4 only. */
const RUNS = [
  { begin: 'runTools', loop: '_runTools', list: 'tools' },
  { begin: 'runFunctions', loop: '_runFunctions', list: 'functions' },
] as const

/** Whether objects of this prototype have the client's loop that runs tools. */
export function hasToolRunner(prototype: object): boolean {
  return ownerOf(prototype, RUNS[0].begin) !== undefined
}

/**
 * Watches the tools that `runTools` executes. The class of its loop is out of reach until the first run, which begins it a turn of the event
 * loop later: time enough to patch it.
 *
 * @param prototype of the client's class `Completions`.
 */
export function patchToolRunner(prototype: object, observer: () => Observer | undefined): Undo | undefined {
  const undos: (Undo | undefined)[] = []
  const patched = new Set<object>()
  const patchLoop = (runner: object, { loop, list }: (typeof RUNS)[number]): void => {
    // In v7 the loop of streamed runs calls the one of all runs.
    const owner = rootOwnerOf(runner, loop)
    if (!owner || patched.has(owner)) return
    patched.add(owner)
    undos.push(wrapMethod(owner, loop, (original) => watchLoop(original, list, observer)))
  }
  for (const run of RUNS) {
    const owner = ownerOf(prototype, run.begin)
    if (!owner) continue
    const watchBeginning =
      (original: AnyFunction): Wrapper =>
      (completions, args) => {
        const runner = original.apply(completions, args) as object
        guard('watching a run of tools', () => patchLoop(runner, run))
        return runner
      }
    undos.push(wrapMethod(owner, run.begin, watchBeginning))
  }
  return () => {
    for (const undo of undos) undo?.()
  }
}

/** `_runTools(client, params, options)`, with the runner before the options since v6. */
function watchLoop(original: AnyFunction, list: 'tools' | 'functions', observer: () => Observer | undefined): Wrapper {
  return (runner: ToolRunner, args) => {
    const active = observer()
    if (active)
      guard('watching a run of tools', () => (args[1] = watchedParams(args[1], list, new ToolRun(runner, active))))
    return original.apply(runner, args)
  }
}

/** The parameters of a run with stand-ins of the application's tools, or functions, in them. */
function watchedParams(params: unknown, list: 'tools' | 'functions', run: ToolRun): unknown {
  if (!isObject(params)) return params
  return standInFor(params, (key, value) => {
    if (key !== list || !Array.isArray(value)) return value
    return value.map((item: unknown) => (list === 'tools' ? run.tool(item) : run.runnable(item)))
  })
}
