/** Says whether an object is as it must be. */
type Validator = (data: unknown) => boolean

/**
 * Fields of an object, however deep, that a validator never looks at: those it does not know. The published validators of Kubernetes check what they know and
 * pass over the rest, which its API server refuses.
 */
export function unknownFields(validate: Validator, data: object): string[] {
  const read = fieldsReadBy(validate, data)
  // What is in an unknown field is not told once more.
  return pathsIn(data).filter((path) => !read.has(path) && (isTop(path) || read.has(parentOf(path))))
}

function fieldsReadBy(validate: Validator, data: object): Set<string> {
  const read = new Set<string>()
  const watched = (target: object, path: string): object =>
    new Proxy(target, {
      get(_, key) {
        const value: unknown = Reflect.get(target, key)
        if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return value
        read.add(`${path}/${key}`)
        return isObject(value) ? watched(value, `${path}/${key}`) : value
      },
    })
  validate(watched(data, ''))
  return read
}

/** Paths of every field, such as `/spec/ports/0/name`. */
export function pathsIn(data: object, path: string = ''): string[] {
  return Object.entries(data).flatMap(([key, value]) => [
    `${path}/${key}`,
    ...(isObject(value) ? pathsIn(value, `${path}/${key}`) : []),
  ])
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const isTop = (path: string): boolean => parentOf(path) === ''
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
