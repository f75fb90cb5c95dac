// oxlint-disable-next-line typescript/no-explicit-any -- any function can be wrapped; its arguments are passed on unseen
type AnyFunction = (...args: any[]) => any

/** Puts things back as they were. */
export type Undo = () => void

/** The object on the prototype chain of `start` that has `name` as its own property. */
export function ownerOf(start: object, name: string): object | undefined {
  let owner: object | null = start
  while (owner && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner) as object | null
  return owner ?? undefined
}

/**
 * Replaces a method on the object that owns it, keeping its name, length and property flags.
 *
 * @returns how to restore it, which does nothing if somebody else has wrapped it since; `undefined` when there is no such method.
 */
export function wrapMethod(
  owner: object,
  name: string,
  wrap: (original: AnyFunction) => AnyFunction,
): Undo | undefined {
  const descriptor = Object.getOwnPropertyDescriptor(owner, name)
  if (typeof descriptor?.value !== 'function' || descriptor.configurable === false) return undefined
  const original = descriptor.value as AnyFunction
  const wrapper = wrap(original)
  Object.defineProperty(wrapper, 'name', { value: original.name, configurable: true })
  Object.defineProperty(wrapper, 'length', { value: original.length, configurable: true })
  Object.defineProperty(owner, name, { ...descriptor, value: wrapper })
  return () => {
    if (Object.getOwnPropertyDescriptor(owner, name)?.value === wrapper) Object.defineProperty(owner, name, descriptor)
  }
}

/** Puts a method on one object without making it visible to `Object.keys`. */
export function overrideMethod(target: object, name: string | symbol, method: AnyFunction): void {
  Object.defineProperty(target, name, { value: method, writable: true, configurable: true, enumerable: false })
}
