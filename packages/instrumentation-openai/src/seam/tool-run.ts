import { guard } from '@tokenmeter/meter'
import type { Observer } from './observer.ts'
import { type AnyFunction, lookLike } from './patch.ts'
import { isObject, type Runnable, type ToolCall, type ToolRunner } from './shapes.ts'
import { standInFor } from './stand-in.ts'

/** One run of tools: makes stand-ins of the application's tools whose functions are watched as the client executes them. */
export class ToolRun {
  readonly #runner: ToolRunner
  readonly #observer: Observer
  /** The model's calls that have been given to a tool. */
  readonly #taken = new WeakSet<ToolCall>()

  constructor(runner: ToolRunner, observer: Observer) {
    this.#runner = runner
    this.#observer = observer
  }

  /** A tool has its function within its description, or, where a helper of the client has made it, in members of its own. */
  tool(tool: unknown): unknown {
    if (!isObject(tool) || (tool as { readonly type?: unknown }).type !== 'function') return tool
    const nameOfTool = (): unknown => nameOf((tool as { readonly function?: Runnable }).function)
    const watched = this.#watched(nameOfTool, (receiver) => receiver)
    return standInFor(tool, (key, value) => {
      if (key === '$callback') return watched.function(value)
      if (key === '$parseRaw') return watched.parse(value)
      return key === 'function' ? this.runnable(value) : value
    })
  }

  runnable(runnable: unknown): unknown {
    if (!isObject(runnable)) return runnable
    // The application's functions get the application's object as `this`.
    const ownThis = (receiver: unknown): unknown => (receiver === standIn ? runnable : receiver)
    const watched = this.#watched(() => nameOf(runnable), ownThis)
    const standIn = standInFor(runnable, (key, value) => {
      if (key === 'function') return watched.function(value)
      return key === 'parse' ? watched.parse(value) : value
    })
    return standIn
  }

  /** Watches a function, and the parsing of its arguments, which tells the model's call of it. */
  #watched(name: () => unknown, ownThis: (receiver: unknown) => unknown): Record<'function' | 'parse', Watch> {
    let parsed: ToolCall | undefined
    const take = (args: unknown): ToolCall | undefined => {
      let call: ToolCall | undefined
      guard('finding the call of a tool', () => (call = this.#take(name(), args)))
      return call
    }
    const observer = this.#observer
    return {
      parse: watchFunction((original, receiver, args) => {
        const call = take(args[0])
        const result: unknown = Reflect.apply(original, ownThis(receiver), args)
        afterwards(result, () => (parsed = call))
        return result
      }),
      function: watchFunction((original, receiver, args) => {
        const id = (parsed ?? take(args[0]))?.id
        parsed = undefined
        let run = original
        guard('watching a tool', () => {
          run = observer.tool(String(name()), original, typeof id === 'string' ? id : undefined)
        })
        return Reflect.apply(run, ownThis(receiver), args)
      }),
    }
  }

  /** The first of the model's latest calls with this name and these arguments that has not been taken. */
  #take(name: unknown, args: unknown): ToolCall | undefined {
    const calls = this.#runner.messages.findLast((message) => message?.role === 'assistant')?.tool_calls ?? []
    const call = calls.find(
      (candidate) =>
        candidate.function?.name === name && candidate.function?.arguments === args && !this.#taken.has(candidate),
    )
    if (call) this.#taken.add(call)
    return call
  }
}

/** What is read where a function stands: the watched function, or whatever else there is. */
type Watch = (value: unknown) => unknown

function watchFunction(call: (original: AnyFunction, receiver: unknown, args: unknown[]) => unknown): Watch {
  return (value) => {
    if (typeof value !== 'function') return value
    const original = value as AnyFunction
    return lookLike(original, function (this: unknown, ...args: unknown[]): unknown {
      return call(original, this, args)
    })
  }
}

/** The name by which the model knows a function. */
function nameOf(runnable: Runnable | undefined): unknown {
  const own = runnable?.function
  return runnable?.name || (typeof own === 'function' ? own.name : undefined)
}

/** Runs `then` right before whoever awaits `result` at once goes on: of several tools that are parsed at the same time, each one's turn. */
function afterwards(result: unknown, then: () => void): void {
  const isPlain = result instanceof Promise && result.constructor === Promise
  if (isPlain) result.then(then, () => {})
  else queueMicrotask(then)
}
