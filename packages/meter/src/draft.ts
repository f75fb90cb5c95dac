/** What is filled field by field before it is handed out: the same without `readonly`. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Makes a constructor of empty plain objects that many fields are added to. Those that `{}` has no room for lie in a store beside it, which is made anew for every three of them;
 * objects of a constructor have the room that its first ones needed, and so leave half of the garbage.
 */
export function draftsOf<T extends object>(): new () => Partial<Draft<T>> {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the room is that of one constructor
  const Drafts = function (): void {}
  Drafts.prototype = Object.prototype
  return Drafts as unknown as new () => Partial<Draft<T>>
}
