/**
 * An object that reads as `original` does, now and later, except for what `change` makes of a value: for handing the client something that
 * behaves a little differently, where the original belongs to the application and must stay as it is.
 *
 * @param change is asked at each reading of a property.
 */
export function standInFor<T extends object>(
  original: T,
  change: (key: string | symbol, value: unknown) => unknown,
): T {
  // Not the original itself: a proxy may not change what is frozen.
  const own = Object.getOwnPropertyDescriptors(original) as Record<string | symbol, PropertyDescriptor>
  for (const key of Reflect.ownKeys(own)) Object.assign(own[key] as PropertyDescriptor, { configurable: true })
  return new Proxy(Object.create(Object.getPrototypeOf(original) as object | null, own) as T, {
    get: (_, key) => change(key, Reflect.get(original, key)),
    has: (_, key) => Reflect.has(original, key),
  })
}
