import type { Observer } from './observer.ts'
import { patchClient } from './client.ts'
import { ownerOf, type Undo } from './patch.ts'
import { isObject } from './shapes.ts'
import { patchSocket, socketOwnersOf } from './socket.ts'
import { hasToolRunner, patchToolRunner } from './tool-runner.ts'
import { setTripwire } from './tripwire.ts'

/**
 * The client classes of this process and who watches them. It lives on the global object: the ESM and the CJS copy of this
 * package must agree on it, or a call would be watched twice.
 */
interface Registry {
  /**
   * Is handed every client and WebSocket class, by the load hook, by `instrument` and by the instrumentation class; and the class with `runTools`
   * where the client class does not lead to it (v4).
   */
  accept(clientClass: unknown): void
  isObserved(): boolean
  addObserver(observer: Observer): void
  removeObserver(observer: Observer): void
}

type Patch = (owner: object, observer: () => Observer | undefined) => Undo | undefined

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
  const prototypes = new Map<object, Patch>()
  const undos = new Map<object, Undo>()
  /** Those that are none of a client we know, which has been said. */
  const unknown = new Set<object>()
  const observers: Observer[] = []
  let cutTripwire: (() => void) | undefined
  const firstObserver = (): Observer | undefined => observers[0]
  const hasClient = (): boolean => [...prototypes.values()].includes(patchClient)
  const disarm = (): void => {
    cutTripwire?.()
    cutTripwire = undefined
  }
  const patch = (owner: object, patchOwner: Patch): void => {
    if (undos.has(owner) || unknown.has(owner)) return
    if (patchOwner === patchClient) disarm()
    const undo = patchOwner(owner, firstObserver)
    if (undo) undos.set(owner, undo)
    else unknown.add(owner)
  }
  return {
    accept(clientClass) {
      for (const [owner, patchOwner] of watchablePrototypes(clientClass)) {
        prototypes.set(owner, patchOwner)
        if (observers.length > 0) patch(owner, patchOwner)
      }
    },
    isObserved: () => observers.length > 0,
    addObserver(observer) {
      observers.push(observer)
      for (const [owner, patchOwner] of prototypes) patch(owner, patchOwner)
      if (!hasClient()) cutTripwire ??= setTripwire()
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

/** The prototypes that are to be patched, and how, of a class and what it leads to. */
function watchablePrototypes(anyClass: unknown): ReadonlyMap<object, Patch> {
  const found = new Map<object, Patch>()
  if (typeof anyClass !== 'function') return found
  const { prototype, Chat } = anyClass as ClientClass
  if (!isObject(prototype)) return found
  for (const owner of socketOwnersOf(prototype)) found.set(owner, patchSocket)
  if (found.size > 0) return found
  if (hasToolRunner(prototype)) return found.set(prototype, patchToolRunner)
  found.set(ownerOf(prototype, 'makeRequest') ?? prototype, patchClient)
  const completions = Chat?.Completions?.prototype
  return isObject(completions) && hasToolRunner(completions) ? found.set(completions, patchToolRunner) : found
}
