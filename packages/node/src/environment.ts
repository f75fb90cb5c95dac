/** One thing that is wrong with the configuration, as a sentence for the person who runs the service. */
export type Problem = string

/** Variables of a process. */
export type Variables = Readonly<Record<string, string | undefined>>

/**
 * The environment, read so that what is wrong in it is collected instead of thrown. As in OpenTelemetry, a variable that is
 * empty counts as absent.
 */
export class Environment {
  readonly problems: Problem[] = []
  readonly #variables: Variables

  constructor(variables: Variables) {
    this.#variables = variables
  }

  get names(): string[] {
    return Object.keys(this.#variables)
  }

  text(name: string): string | undefined {
    return this.#variables[name]?.trim() || undefined
  }

  /** The first of `names` that is set. */
  firstOf(names: readonly string[]): { readonly name: string; readonly text: string } | undefined {
    for (const name of names) {
      const text = this.text(name)
      if (text !== undefined) return { name, text }
    }
    return undefined
  }

  flag(name: string): boolean {
    return this.text(name)?.toLowerCase() === 'true'
  }

  /** Words separated by commas. */
  list(name: string): string[] {
    const words = this.text(name)?.split(',') ?? []
    return [...new Set(words.map((word) => word.trim()).filter(Boolean))]
  }

  /** A number of at least `min` from the first of `names` that is set. */
  number(names: readonly string[], min: number): number | undefined {
    const found = this.firstOf(names)
    if (!found) return undefined
    const number = Number(found.text)
    if (Number.isFinite(number) && number >= min) return number
    this.wrong(found.name, found.text, `a number of at least ${min}`, 'the default')
    return undefined
  }

  /** One of `words`, from the first of `names` that is set. */
  choice<Word extends string>(names: readonly string[], words: readonly Word[], fallback: Word): Word {
    const found = this.firstOf(names)
    if (!found) return fallback
    const word = words.find((candidate) => candidate === found.text.toLowerCase())
    if (word !== undefined) return word
    this.wrong(found.name, found.text, oneOf(words), fallback)
    return fallback
  }

  wrong(name: string, got: string, accepts: string, instead: string): void {
    this.problems.push(`${name} is ${JSON.stringify(got)}, but must be ${accepts}; going on with ${instead}`)
  }
}

export const oneOf = (words: readonly string[]): string => words.join(' or ')
