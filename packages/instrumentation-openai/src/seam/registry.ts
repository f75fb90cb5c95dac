import type { Observer } from './observer.ts'
import { patchClient } from './client.ts'
import { ownerOf, type Undo } from './patch.ts'
import { isObject } from './shapes.ts'
import { hasToolRunner, patchToolRunner } from './tool-runner.ts'
import { setTripwire } from './tripwire.ts'

/**
 * The client classes of this process and who watches them. It lives on the global object: the ESM and the CJS copy of this
 * package must agree on it, or a call would be watched twice.
 */
interface Registry {
  /**
   * Is handed every client class, by the load hook, by `instrument(client)` and by the instrumentation class; and the class with `runTools` where the
   * client class does not lead to it (v4).
   */
  accept(clientClass: unknown): void
  isObserved(): boolean
  addObserver(observer: Observer): void
  removeObserver(observer: Observer): void
}

const REGISTRY = Symbol.for('tokenmeter.openai')

/** The process-wide registry, created by whichever copy of this package comes first. */
export function clientRegistry(): Registry {
  const holder = globalThis as { [REGISTRY]?: Registry }
  return (holder[REGISTRY] ??= createRegistry())
}

/**
 * Classes are patched while somebody watches and restored when nobody does. Of several observers the first one watches, so that
 * one call is counted once; the next takes over when it leaves.
 */
function createRegistry(): Registry {
  const prototypes = new Set<object>()
  const undos = new Map<object, Undo>()
  const observers: Observer[] = []
  let cutTripwire: (() => void) | undefined
  const firstObserver = (): Observer | undefined => observers[0]
  const disarm = (): void => {
    cutTripwire?.()
    cutTripwire = undefined
  }
  const patch = (owner: object): void => {
    if (undos.has(owner)) return
    const undo = hasToolRunner(owner) ? patchToolRunner(owner, firstObserver) : patchClient(owner, firstObserver)
    if (!undo) return
    undos.set(owner, undo)
    disarm()
  }
  return {
    accept(clientClass) {
      for (const prototype of watchablePrototypes(clientClass)) {
        prototypes.add(prototype)
        if (observers.length > 0) patch(prototype)
      }
    },
    isObserved: () => observers.length > 0,
    addObserver(observer) {
      observers.push(observer)
      for (const prototype of prototypes) patch(prototype)
      if (undos.size === 0) cutTripwire ??= setTripwire()
    },
    removeObserver(observer) {
      const index = observers.indexOf(observer)
      if (index >= 0) observers.splice(index, 1)
      if (observers.length > 0) return
      disarm()
      for (const undo of undos.values()) undo()
      undos.clear()
    },
  }
}

interface ClientClass {
  readonly prototype?: unknown
  /** Since v5. */
  readonly Chat?: { readonly Completions?: { readonly prototype?: unknown } }
}

/** The prototypes that are to be patched, of a client class and what it leads to. */
function watchablePrototypes(clientClass: unknown): readonly object[] {
  if (typeof clientClass !== 'function') return []
  const { prototype, Chat } = clientClass as ClientClass
  if (!isObject(prototype)) return []
  const owner = ownerOf(prototype, 'makeRequest') ?? prototype
  const completions = Chat?.Completions?.prototype
  return isObject(completions) && hasToolRunner(completions) ? [owner, completions] : [owner]
}
