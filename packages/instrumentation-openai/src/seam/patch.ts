/** Any function. */
// oxlint-disable-next-line typescript/no-explicit-any -- any function can be wrapped; its arguments are passed on unseen
export type AnyFunction = (...args: any[]) => any

/**
 * What is done in the place of a method that is wrapped. `args` is an array of its own for each call: to be passed on as it is, or changed.
 */
// oxlint-disable-next-line typescript/no-explicit-any -- the wrapped object's own signatures
export type Wrapper = (receiver: any, args: any[]) => any

/** Puts things back as they were. */
export type Undo = () => void

/** The object on the prototype chain of `start` that has `name` as its own property. */
export function ownerOf(start: object, name: string): object | undefined {
  let owner: object | null = start
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null
  return owner ?? undefined
}

/** The last object on the prototype chain of `start` that has `name` as its own property: what all that override it end in. */
export function rootOwnerOf(start: object, name: string): object | undefined {
  let root: object | undefined
  let owner: object | null = start
  for (; owner; owner = Object.getPrototypeOf(owner) as object | null) if (Object.hasOwn(owner, name)) root = owner
  return root
}

/** Wrappers that were undone while somebody else had wrapped them, and what they had replaced. */
const leftBehind = new WeakMap<AnyFunction, PropertyDescriptor>()

/**
 * Replaces a method on the object that owns it, keeping its name, length and property flags.
 *
 * @returns how to restore it; if somebody else has wrapped it since, the wrapper stays and does nothing, and is gone for good when they have put it
 * back and the method is wrapped and restored once again. `undefined` when there is no such method.
 */
export function wrapMethod(owner: object, name: string, wrap: (original: AnyFunction) => Wrapper): Undo | undefined {
  const found = Object.getOwnPropertyDescriptor(owner, name)
  if (typeof found?.value !== 'function' || found.configurable === false) return undefined
  const descriptor = leftBehind.get(found.value as AnyFunction) ?? found
  const original = descriptor.value as AnyFunction
  let current = wrap(original)
  const wrapper = function (this: unknown, ...args: unknown[]): unknown {
    return current(this, args)
  }
  Object.defineProperty(owner, name, { ...descriptor, value: lookLike(original, wrapper) })
  return () => {
    // Somebody else's wrapper may hold ours for ever: it must do nothing any more, also when the method is wrapped once again.
    current = (receiver, args) => Reflect.apply(original, receiver, args)
    if (Object.getOwnPropertyDescriptor(owner, name)?.value === wrapper) Object.defineProperty(owner, name, descriptor)
    else leftBehind.set(wrapper, descriptor)
  }
}

/** Gives a function the name and the length of another, and returns it. */
export function lookLike<F extends AnyFunction>(original: AnyFunction, wrapper: F): F {
  for (const property of ['name', 'length'] as const) {
    Object.defineProperty(wrapper, property, { value: original[property], configurable: true })
  }
  return wrapper
}

/**
 * A function that does `call`, and looks like `original` wherever it is shown: to the console, too, which tells generators and async functions
 * apart.
 */
export function disguise<F extends AnyFunction>(
  original: F,
  call: (receiver: unknown, args: Parameters<F>) => ReturnType<F>,
): F {
  return new Proxy(original, { apply: (_, receiver, args) => call(receiver, args as Parameters<F>) })
}

/** Puts a method on one object without making it visible to `Object.keys`. */
export function overrideMethod(target: object, name: string | symbol, method: AnyFunction): void {
  Object.defineProperty(target, name, { value: method, writable: true, configurable: true, enumerable: false })
}
