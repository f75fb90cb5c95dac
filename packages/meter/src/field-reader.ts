/** What a field must hold: reads it, or says that it holds something else. */
export interface Kind<T> {
  readonly expected: string
  readonly parse: (value: unknown) => T | undefined
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

/** A text that says something. */
export const text: Kind<string> = {
  expected: 'a text that is not empty',
  parse: (value) => (isText(value) ? value : undefined),
}
/** One text or more. */
export const texts: Kind<readonly string[]> = {
  expected: 'a list of texts that is not empty, such as ["gpt-4o"]',
  parse: (value) => (Array.isArray(value) && value.length > 0 && value.every(isText) ? value : undefined),
}
/** A list of whatever. */
export const list: Kind<readonly unknown[]> = {
  expected: 'a list',
  parse: (value) => (Array.isArray(value) ? value : undefined),
}
/** A day of the calendar. */
export const day: Kind<string> = {
  expected: 'a day such as "2026-11-24"',
  parse: (value) =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
      ? value
      : undefined,
}
/** Yes or no. */
export const flag: Kind<boolean> = {
  expected: 'true or false',
  parse: (value) => (typeof value === 'boolean' ? value : undefined),
}
/** A count. */
export const wholeNumber: Kind<number> = {
  expected: 'a whole number from 0 up',
  parse: (value) => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined),
}

/** Fields of an object whose values nobody has looked at yet. */
export type Fields = Readonly<Record<string, unknown>>

/** Reads the fields of something that a person wrote, and keeps a line for each that is wrong. */
export class FieldReader {
  readonly problems: string[] = []

  read<T>(path: string, value: unknown, kind: Kind<T>): T | undefined {
    const read = kind.parse(value)
    if (read === undefined) this.refuse(path, value, kind.expected)
    return read
  }

  optional<T>(path: string, value: unknown, kind: Kind<T>): T | undefined {
    return value === undefined ? undefined : this.read(path, value, kind)
  }

  /** @param known the fields there are: any other is a mistake, and most often a misspelling. */
  object(path: string, value: unknown, known: readonly string[]): Fields | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.refuse(path || 'it', value, `an object with ${known.join(', ')}`)
      return undefined
    }
    for (const name of Object.keys(value)) {
      if (!known.includes(name)) {
        this.problems.push(`${path && `${path}.`}${name} is not a field; there is: ${known.join(', ')}`)
      }
    }
    return value as Fields
  }

  refuse(path: string, value: unknown, expected: string): void {
    this.problems.push(`${path} must be ${expected}, got ${show(value)}`)
  }
}

/** A value as messages quote it, cut off when it is long. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = JSON.stringify(value) ?? String(value)
  return json.length > 60 ? `${json.slice(0, 60)}…` : json
}

/** The fields that are there, frozen. */
export function withoutAbsent(fields: object): object {
  return Object.freeze(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)))
}
