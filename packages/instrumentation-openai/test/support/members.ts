/** What one sees of an object and those it inherits from: each member with its flags. Compare them with `changedMembers`. */
export type Members = ReadonlyMap<string, PropertyDescriptor>

/** The members of `start` and of every object on its prototype chain but the last, which is everybody's. */
export function membersOf(start: object): Members {
  const members = new Map<string, PropertyDescriptor>()
  let owner: object | null = start
  for (let depth = 0; owner && owner !== Object.prototype && owner !== Function.prototype; depth++) {
    const descriptors = Object.getOwnPropertyDescriptors(owner) as Record<string | symbol, PropertyDescriptor>
    for (const key of Reflect.ownKeys(descriptors)) {
      members.set(`${'^'.repeat(depth)}${String(key)}`, descriptors[key] as PropertyDescriptor)
    }
    owner = Object.getPrototypeOf(owner) as object | null
  }
  return members
}

/** Names of the members that are not the very same any more, that came or that went, or that are in another order. */
export function changedMembers(before: Members, after: Members): string[] {
  const names = new Set([...before.keys(), ...after.keys()])
  const changed = [...names].filter((name) => !isSame(before.get(name), after.get(name)))
  return changed.length === 0 && [...before.keys()].join() !== [...after.keys()].join() ? ['the order'] : changed
}

const FLAGS = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const

function isSame(one: PropertyDescriptor | undefined, other: PropertyDescriptor | undefined): boolean {
  return FLAGS.every((flag) => Object.is(one?.[flag], other?.[flag]))
}
